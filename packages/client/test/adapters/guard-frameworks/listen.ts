/** Listens on a free port until the framework is stopped. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { StartedFramework } from './guarded-framework.ts'

export async function listen(listener: RequestListener | Server): Promise<StartedFramework> {
  const server = (typeof listener === 'function' ? createServer(listener) : listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    server,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
