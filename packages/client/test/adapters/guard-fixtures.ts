/** Guards that need no authorization server, and servers with guarded routes. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type GuardDecision, type OptionalGuard, Refusal } from '@token-introspection/client'
import { onTestFinished } from 'vitest'

/** A request without a token. */
export const refusal = new Refusal({
  reason: 'token_absent',
  status: 401,
  headers: { 'www-authenticate': 'Bearer realm="a"' },
  body: '',
})

/** Lets a request pass that says `Bearer` and a name. */
export const byName: OptionalGuard = ({ headers }) => {
  const [, sub] = /^Bearer (\w+)$/.exec(headers.get('authorization') ?? '') ?? []
  const decision: GuardDecision =
    sub === undefined ? refusal : { allowed: true, token: { active: true, sub }, headers: {} }
  return Promise.resolve(decision)
}

/** Refuses every request. */
export const nobody: OptionalGuard = () => Promise.resolve(refusal)

/** Starts a server that stops at the end of the test. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Sends a request whose token is a name. */
export async function get(
  url: string,
  name?: string,
): Promise<{ status: number; body: string; challenge: string | null }> {
  const response = await fetch(url, name === undefined ? {} : { headers: { authorization: `Bearer ${name}` } })
  return { status: response.status, body: await response.text(), challenge: response.headers.get('www-authenticate') }
}
