/** What a case asks the server besides introspection. */
import type { SmokeInput } from './smoke-input.ts'

/** A new token at the server. */
export async function issueToken({ server }: SmokeInput, record: object = {}): Promise<string> {
  const response = await fetch(`${server}/control/issue`, { method: 'POST', body: JSON.stringify(record) })
  return (await response.json()) as string
}

/** How many requests the server has had for a path and query. */
export async function countRequests({ server }: SmokeInput, path: string): Promise<number> {
  const response = await fetch(`${server}/control/count?of=${encodeURIComponent(path)}`)
  return (await response.json()) as number
}

/** A path that no other case uses. */
export function countedPath(path = '/introspect'): string {
  return `${path}?case=${crypto.randomUUID()}`
}

/** Revokes a token, and says the status of the answer. */
export async function revoke({ server, clientSecret }: SmokeInput, token: string): Promise<number> {
  const credentials = btoa(`web:${encodeURIComponent(clientSecret)}`)
  const response = await fetch(`${server}/revoke`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ token }),
  })
  await response.arrayBuffer()
  return response.status
}
