/** The request to the revocation endpoint, as the client of the tokens sends it. */
import type { MemoryNetwork } from './memory-network.ts'
import { ENDPOINTS, WEB_SHOP } from './parties.ts'

/** Whether the server takes the revocation. */
export async function sendRevocation(network: MemoryNetwork, secret: string, token: string): Promise<boolean> {
  const authorization = `Basic ${btoa(`${WEB_SHOP}:${secret}`)}`
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ token }).toString()
  try {
    return (await network.fetch(ENDPOINTS.revocation, { method: 'POST', headers, body })).ok
  } catch {
    return false
  }
}
