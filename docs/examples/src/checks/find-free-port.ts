/** Finds a port for a server whose URL must be known before it listens. */
import { createServer } from 'node:http'
import { listen, stop } from '../demo/listen.ts'

/** A port of loopback that nobody listens on. */
export async function findFreePort(): Promise<number> {
  const probe = createServer()
  const { port } = await listen(probe, 0)
  await stop(probe)
  return port
}
