/** The Node form of a gateway handler. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { abandonResponse } from '../abandon-response.ts'
import { toGuardRequest } from '../node.ts'
import type { GatewayHandler } from './create-gateway-handler.ts'

/**
 * Turns a gateway handler into a listener for `node:http`, Express and other frameworks that pass on the request and response
 * of Node. It answers every request that it gets.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { type GatewayHandler, toGatewayListener } from '@token-introspection/client/gateway'
 *
 * export const serve = (handler: GatewayHandler) => createServer(toGatewayListener(handler)).listen(4000, '127.0.0.1')
 * ```
 *
 * @throws TypeError when it is not such a handler.
 */
export function toGatewayListener(
  handler: Pick<GatewayHandler, 'handle'>,
): (request: IncomingMessage, response: ServerResponse) => void {
  if (typeof (handler as Partial<GatewayHandler> | undefined)?.handle !== 'function')
    throw new TypeError('handler: must be the handler that createGatewayHandler returns')
  return (request, response) => {
    void send(handler, request, response)
  }
}

async function send(
  handler: Pick<GatewayHandler, 'handle'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { status, headers, body } = await handler.handle(toGuardRequest(request))
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
  } catch {
    // Other code may have wrapped the methods of the response. The gateway then sees no answer, and lets nothing pass.
    abandonResponse(response)
  }
}
