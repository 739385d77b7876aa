/** The building blocks from which scenarios make their answers. */
import { goodAnswer, type HostileExchange } from './hostile-exchange.ts'
import type { HostileScenario } from './hostile-scenario.ts'

type Answer = HostileScenario['answer']
type From<Value> = (exchange: HostileExchange) => Value

/** The status and the header fields of an answer. Defaults: 200 and JSON. */
export interface AnswerChanges {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** The start of a JSON answer, without the fields that say how long the body is. */
export const JSON_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'

/** Sends octets as they are, and every other value as JSON. */
export function answer(body: From<unknown>, { status = 200, headers = {} }: AnswerChanges = {}): Answer {
  return (exchange) => {
    const value = body(exchange)
    const octets = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)
    exchange.response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(octets)
  }
}

/** Sends the good answer with some members replaced. */
export function goodBut(members: object | From<object> = {}, changes?: AnswerChanges): Answer {
  return answer((exchange) => {
    const own = typeof members === 'function' ? (members as From<object>)(exchange) : members
    return { ...goodAnswer(exchange), ...own }
  }, changes)
}

/** Writes octets to the connection without any change, and then ends, breaks or keeps the connection. */
export function raw(octets: From<string>, end: 'end' | 'destroy' | 'resetAndDestroy' | 'stay' = 'end'): Answer {
  return (exchange) => {
    const { socket } = exchange
    socket.write(octets(exchange), () => {
      if (end === 'resetAndDestroy' && 'encrypted' in socket) socket.destroy()
      else if (end !== 'stay') socket[end]()
    })
  }
}

/** Redirects the caller to another URL. The body of the redirect is a good answer. */
export function redirect(status: number, where: From<string>): Answer {
  return (exchange) => {
    const headers = { location: where(exchange), 'content-type': 'application/json' }
    exchange.response.writeHead(status, headers).end(JSON.stringify(goodAnswer(exchange)))
  }
}

/** Calls `act` at once, and then every `everyMs` milliseconds until the connection closes. */
export function untilClosed({ socket }: HostileExchange, everyMs: number, act: () => void): void {
  if (socket.destroyed) return
  const timer = setInterval(act, everyMs)
  socket.once('close', () => clearInterval(timer))
  act()
}

/** Writes `chunk` every 5 ms while the reader keeps up. The pause lets a reader in the same process take its turn. */
export function pour(exchange: HostileExchange, chunk: string | Buffer): void {
  const { socket } = exchange
  untilClosed(exchange, 5, () => {
    if (!socket.writableNeedDrain && !socket.destroyed) socket.write(chunk)
  })
}
