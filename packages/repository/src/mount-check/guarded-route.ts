/** The route of the guide to Next, as JavaScript that asks an authorization server on this machine. */
import { stripTypeScriptTypes } from 'node:module'
import { readGuideExample } from '../markdown/guide-example.ts'

const ISSUER = "issuer: 'https://as.example.com',"
const AUDIENCE = "audience: 'https://orders.example.com'"
const HERE = 'endpoint: process.env.INTROSPECTION_ENDPOINT, transport: { allowHttpOnLoopback: true },'

/** The example for Next. @throws Error when it names no issuer. */
export function guardedRoute(): string {
  const example = readGuideExample('protect/next.md', 'Guard a Next API')
  if (!example.includes(ISSUER)) throw new Error(`docs/protect/next.md: the first example has no ${ISSUER}`)
  return stripTypeScriptTypes(example.replace(ISSUER, `${ISSUER} ${HERE}`).replace(AUDIENCE, "audience: 'urn:orders'"))
}
