/** A guarded route of a guide, as JavaScript that asks an authorization server on this machine. */
import { stripTypeScriptTypes } from 'node:module'
import { readGuideExample } from '../markdown/guide-example.ts'

const ISSUER = "issuer: 'https://as.example.com',"
const AUDIENCE = "audience: 'https://orders.example.com'"
const HERE =
  'endpoint: process.env.INTROSPECTION_ENDPOINT, transport: { allowHttpOnLoopback: true, deadlineMs: 20_000 },'

/**
 * The first example under a heading of a guide.
 *
 * @throws Error when it names no issuer or no audience.
 */
export function guardedRoute(guide: string, heading: string): string {
  const example = readGuideExample(guide, heading)
  for (const option of [ISSUER, AUDIENCE]) {
    if (!example.includes(option)) throw new Error(`docs/${guide}: the first example under ${heading} has no ${option}`)
  }
  return stripTypeScriptTypes(example.replace(ISSUER, `${ISSUER} ${HERE}`).replace(AUDIENCE, "audience: 'urn:orders'"))
}
