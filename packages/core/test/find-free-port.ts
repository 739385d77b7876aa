/** Finds a port for a server whose URL must be known before it listens, or that is stopped and started again. */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * The system gives higher ports to servers that ask for any port, and to connections. A port that it can give may belong to a
 * server of another test before the caller listens, and while its server is stopped. Clients that go on asking would then
 * reach that other server.
 */
const [FIRST, LAST] = [15_000, 32_000]

/** A port of loopback that nobody listens on, and that the system gives to nobody. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
