/** WebSockets: the guard judges the upgrade request, and a refusal is written to the socket as HTTP. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { refuseUpgrade, toGuardRequest } from '@token-introspection/client/node'
import { WebSocket, WebSocketServer } from 'ws'
import { listen, stop } from '../demo/listen.ts'
import { runExample } from '../checks/run-example.ts'

/** The result for a client: the first message, or the status and whether the refusal has a challenge. */
async function connect(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  const socket = new WebSocket(url, { headers })
  const refusal = once(socket, 'unexpected-response').then(([, { statusCode, headers: fields }]) => {
    socket.once('error', () => undefined).terminate()
    return [statusCode, 'www-authenticate' in fields] as unknown
  })
  const message = once(socket, 'message').then(([data]) => String(data))
  message.catch(() => undefined)
  return Promise.race([refusal, message]).finally(() => socket.close())
}

process.exitCode = await runExample(async ({ as, introspection, expect }) => {
  const mayListen = introspection.guard({ scope: 'orders:read' })
  const sockets = new WebSocketServer({ noServer: true })
  const server = createServer()

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy())
    const decision = await mayListen(toGuardRequest(request))
    if (!decision.allowed) return refuseUpgrade(socket, decision)
    sockets.handleUpgrade(request, socket, head, (opened) => opened.send(`orders of ${decision.token.sub}`))
  }
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head))

  const url = `ws://127.0.0.1:${(await listen(server, 0)).port}`
  const authorization = `Bearer ${await as.issueToken()}`
  expect('no token, no socket', await connect(url), [401, true])
  expect('a token, a socket', await connect(url, { authorization }), 'orders of alice')
  await as.stop()
  expect('an outage does not count as a bad token', await connect(url, { authorization }), [503, false])
  await as.start()
  await stop(server)
})
