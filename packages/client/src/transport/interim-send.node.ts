/**
 * A `send` over Node's own HTTP client, for servers that send interim responses. A client must be able to read any
 * interim response, also without asking for one (RFC 9110 §15.2), but undici closes the connection at an unexpected
 * `100 Continue`.
 */
import type { Agent, ClientRequest, ClientRequestArgs, IncomingMessage } from 'node:http'
import { ResponseMalformedError, TransportUnreachableError } from '../errors.ts'
import type { DefaultTransportOptions, Transport, TransportReply, TransportRequest } from './transport.ts'
import { unreachable } from './unreachable.ts'

/** How many interim responses may come before an answer. */
const MAX_INTERIM_RESPONSES = 32

/** The part of Node that is used, the same for `http:` and `https:`. */
interface HttpModule {
  readonly Agent: new (options: object) => Agent
  readonly request: (url: string, options: ClientRequestArgs) => ClientRequest
}

/**
 * Creates it with the certificates and limits of the default transport. It loads Node's client with the first request.
 */
export function createInterimSend({
  maxConnections,
  connectTimeoutMs,
  socketPath,
  tls,
}: DefaultTransportOptions): Transport {
  const agents = new Map<string, Agent>()
  const underWay = new Set<Promise<unknown>>()

  async function send(request: TransportRequest): Promise<TransportReply> {
    const isPlain = new URL(request.url).protocol === 'http:'
    const module: HttpModule = isPlain ? await import('node:http') : await import('node:https')
    const agent =
      agents.get(isPlain ? 'http' : 'https') ??
      new module.Agent({ keepAlive: true, maxSockets: maxConnections, ...tls })
    agents.set(isPlain ? 'http' : 'https', agent)
    // A connection without keep-alive is a fresh one.
    return exchange(
      module,
      request,
      request.freshConnection === true || request.apart === true ? new module.Agent({ ...tls }) : agent,
    )
  }

  function exchange(module: HttpModule, request: TransportRequest, agent: Agent): Promise<TransportReply> {
    const { url, method, headers, body, cancellation } = request
    return new Promise((resolve, reject) => {
      const sent = module.request(url, {
        method,
        headers: { ...headers },
        agent,
        ...(socketPath !== undefined && { socketPath }),
      })
      const fail = (error: Error): void => {
        reject(error)
        sent.destroy()
      }
      cancellation.onCancel(fail)
      sent.on('error', (cause) => reject(unreachable(url, cause)))
      sent.on('socket', (socket) => {
        if (!socket.connecting) return
        const timer = setTimeout(
          () => fail(unreachable(url, new ConnectTimeout('no connection in time'))),
          connectTimeoutMs,
        )
        socket.once(isSecure(url) ? 'secureConnect' : 'connect', () => clearTimeout(timer))
        socket.once('close', () => clearTimeout(timer))
      })
      // Node emits interim responses as events of their own. They are only counted.
      let interim = 0
      const count = (): void => {
        interim += 1
        if (interim > MAX_INTERIM_RESPONSES)
          fail(incomplete(url, `it sent more than ${MAX_INTERIM_RESPONSES} interim responses (status 1xx)`))
      }
      // `100 Continue` is one of them, although it has an event of its own, too.
      sent.on('information', count)
      sent.on('upgrade', (_response, socket) => {
        socket.destroy()
        fail(incomplete(url, 'it switched to another protocol (status 101)'))
      })
      sent.on('response', (response) => read(response, request, resolve, fail))
      sent.end(body)
    })
  }

  return {
    send(request) {
      const sending = send(request)
      underWay.add(sending)
      const end = (): unknown => underWay.delete(sending)
      sending.then(end, end)
      return sending
    },
    async close() {
      await Promise.allSettled(underWay)
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

/** Uses the error code that undici has for this. */
class ConnectTimeout extends Error {
  readonly code = 'UND_ERR_CONNECT_TIMEOUT'
}

/** The request is not held until the deadline for an answer that does not come. */
function incomplete(url: string, reason: string): TransportUnreachableError {
  return new TransportUnreachableError(`no complete answer from ${new URL(url).origin}: ${reason}`)
}

function isSecure(url: string): boolean {
  return url.startsWith('https:')
}

function read(
  response: IncomingMessage,
  { url, maxResponseBytes }: TransportRequest,
  resolve: (reply: TransportReply) => void,
  fail: (error: Error) => void,
): void {
  const chunks: Buffer[] = []
  let length = 0
  response.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > maxResponseBytes)
      fail(new ResponseMalformedError(`the answer has more than ${maxResponseBytes} octets`))
    else chunks.push(chunk)
  })
  response.on('error', (cause) => fail(unreachable(url, cause)))
  response.on('end', () => {
    const { statusCode: status = 0, headers } = response
    const header = (name: string): string | undefined => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    }
    resolve({ status, body: Buffer.concat(chunks, length), header })
  })
}
