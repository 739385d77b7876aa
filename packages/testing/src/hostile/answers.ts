/** The ways to answer that scenarios are made of. */
import { goodAnswer, type HostileExchange } from './hostile-exchange.ts'
import type { HostileScenario } from './hostile-scenario.ts'

type Answer = HostileScenario['answer']
type From<Value> = (exchange: HostileExchange) => Value

/** How an answer with a body differs from JSON and 200. */
export interface AnswerChanges {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** The start of an answer in JSON whose framing is still to come. */
export const JSON_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'

/** Answers with octets, or with a value as JSON. */
export function answer(body: From<unknown>, { status = 200, headers = {} }: AnswerChanges = {}): Answer {
  return (exchange) => {
    const value = body(exchange)
    const octets = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)
    exchange.response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(octets)
  }
}

/** Answers with the good answer, some members of which are others. */
export function goodBut(members: object | From<object> = {}, changes?: AnswerChanges): Answer {
  return answer((exchange) => {
    const own = typeof members === 'function' ? (members as From<object>)(exchange) : members
    return { ...goodAnswer(exchange), ...own }
  }, changes)
}

/** Writes octets to the connection as they are. */
export function raw(octets: From<string>, end: 'end' | 'destroy' | 'resetAndDestroy' | 'stay' = 'end'): Answer {
  return (exchange) => {
    const { socket } = exchange
    socket.write(octets(exchange), () => {
      if (end === 'resetAndDestroy' && 'encrypted' in socket) socket.destroy()
      else if (end !== 'stay') socket[end]()
    })
  }
}

/** Sends the caller somewhere else, with a good answer on the way. */
export function redirect(status: number, where: From<string>): Answer {
  return (exchange) => {
    const headers = { location: where(exchange), 'content-type': 'application/json' }
    exchange.response.writeHead(status, headers).end(JSON.stringify(goodAnswer(exchange)))
  }
}

/** Acts at once and then again and again, until the connection is closed. */
export function untilClosed({ socket }: HostileExchange, everyMs: number, act: () => void): void {
  if (socket.destroyed) return
  const timer = setInterval(act, everyMs)
  socket.once('close', () => clearInterval(timer))
  act()
}

/** Writes again and again, as fast as it is read but no faster than the reader's own turn of the loop comes. */
export function pour(exchange: HostileExchange, chunk: string | Buffer): void {
  const { socket } = exchange
  untilClosed(exchange, 5, () => {
    if (!socket.writableNeedDrain && !socket.destroyed) socket.write(chunk)
  })
}
