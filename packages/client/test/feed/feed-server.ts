/** A server with a revocation feed on a real connection. Its log is an array. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import { type Exchange, type LoopbackServer, type ReceivedRequest, serve } from '../loopback-server.ts'

/** The server, its log, and what a test may do to both. */
export interface FeedServer extends LoopbackServer {
  readonly url: string
  readonly events: readonly RevocationEvent[]
  /** Streams and long polls that are open now. */
  readonly waiting: number
  /** Appends events. */
  revoke(count?: number): void
  /** Drops all events but the last ones. */
  trim(kept: number): void
  /** Answers everything in this way, until it is called with `undefined`. */
  answerWith(answer: ((exchange: Exchange) => unknown) | undefined): void
  /** Breaks off everything that waits, and every further request, until `answerWith(undefined)`. */
  interrupt(): void
  /** The position of an event, by its place in `events`. */
  positionOf(index: number): string
  /** The parameters of a request, by its place in `requests`. */
  parametersOf(index: number): URLSearchParams
  /** The page after a position. */
  pageAfter(after: string | undefined): RevocationPage
}

/** How the server is to behave. */
export interface FeedServerOptions {
  /** Events of a page. Default 100. */
  readonly pageEvents?: number
  /** Whether it can send event streams. Default `true`. */
  readonly streams?: boolean
}

const KEY = 'iLoNE05pkBYrKXfe'

/** Starts the server. */
export async function serveFeed({ pageEvents = 100, streams = true }: FeedServerOptions = {}): Promise<FeedServer> {
  const events: RevocationEvent[] = []
  const first = `0.${tag()}`
  /** What waits for events: how to tell it, and how to break it off. */
  const listeners = new Map<() => void, () => void>()
  let answer: ((exchange: Exchange) => unknown) | undefined
  let dropped = first

  function pageAfter(after: string | undefined): RevocationPage {
    const position = events.at(-1)?.position ?? first
    const none = { position, events: [], gap: false, more: false }
    if (after === undefined || after === position) return none
    const index = after === dropped ? 0 : events.findIndex((event) => event.position === after) + 1
    if (index === 0 && after !== dropped) return { ...none, gap: true }
    const page = events.slice(index, index + pageEvents)
    return {
      position: page.at(-1)?.position ?? position,
      events: page,
      gap: false,
      more: index + pageEvents < events.length,
    }
  }

  function answerQuestion(exchange: Exchange): void {
    const { request, response } = exchange
    const parameters = parametersOf(request)
    // What was dropped ends where the log begins now.
    let after = parameters.has('replay') ? dropped : (parameters.get('after') ?? undefined)
    if (streams && request.headers['accept']?.[0]?.startsWith('text/event-stream') === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(': connected\n\n')
      const send = (isFirst = false): void => {
        const page = pageAfter(after)
        if (page.events.length === 0 && !page.gap && !isFirst) return
        after = page.position
        response.write(`data: ${JSON.stringify(page)}\n\n`)
        if (page.gap) response.end()
      }
      send(true)
      wait(exchange, () => send())
      return
    }
    const page = pageAfter(after)
    if (!parameters.has('wait') || page.gap || page.events.length > 0) return sendJson(exchange, page)
    const answerNow = (): void => {
      listeners.delete(answerNow)
      sendJson(exchange, pageAfter(after))
    }
    wait(exchange, answerNow)
  }

  function wait({ response, socket }: Exchange, act: () => void): void {
    listeners.set(act, () => socket.destroy())
    response.once('close', () => listeners.delete(act))
  }

  const server = await serve((exchange) => (answer ?? answerQuestion)(exchange))
  return {
    ...server,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    url: `${server.origin}/revocations`,
    events,
    get waiting() {
      return listeners.size
    },
    revoke(count = 1) {
      for (let index = 0; index < count; index++) {
        const previous = events.at(-1)?.position ?? dropped
        const position = `${Number(previous.split('.')[0]) + 1}.${tag()}`
        events.push({ position, previous, at: 1_764_000_000, cut: null, kind: 'token', key: KEY })
      }
      for (const listener of listeners.keys()) listener()
    },
    trim(kept) {
      const gone = events.splice(0, events.length - kept)
      dropped = gone.at(-1)?.position ?? dropped
    },
    interrupt() {
      answer = ({ socket }) => socket.destroy()
      for (const breakOff of listeners.values()) breakOff()
    },
    answerWith(other) {
      answer = other
    },
    positionOf: (index) => events[index]?.position ?? 'no such event',
    parametersOf(index) {
      const request = server.requests[index]
      if (request === undefined) throw new Error('no such request')
      return parametersOf(request)
    },
    pageAfter,
  }
}

/** The parameters of a question, from the query or the form. */
export function parametersOf({ method, url, body }: ReceivedRequest): URLSearchParams {
  return method === 'POST' ? new URLSearchParams(body) : new URL(url, 'http://localhost').searchParams
}

/** Sends a value as JSON. */
export function sendJson({ response }: Exchange, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function tag(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('base64url')
}
