/** The network between the API and the authorization server. It is in memory: nothing leaves the page. */
import { HOSTILE_ANSWERS, type HostileFacts } from './hostile-answers.ts'
import { ENDPOINTS } from './parties.ts'
import type { Fault } from './settings.ts'

/** A handler of the authorization server. */
export type Endpoint = (request: Request) => Promise<Response>

/** What the network connects. */
export interface MemoryNetworkSettings {
  /** The endpoints by their URL. */
  readonly endpoints: Readonly<Record<string, Endpoint>>
  /** What is broken at this moment. */
  readonly fault: () => Fault
  /** What a hostile answer needs. */
  readonly facts: (token: string) => HostileFacts
}

/** An introspection request and its answer, as they crossed the network. */
export interface Exchange {
  readonly status: number
  readonly mediaType: string
  /** The beginning of the body. */
  readonly body: string
}

/** The network. */
export interface MemoryNetwork {
  /** Has the interface of `fetch`. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /**
   * Runs one call of the API. Every introspection request during the call is answered by the first answer, because an explanation
   * and a decision about the same call are to see the same. The server is asked once.
   *
   * @returns the result, and the exchange if there was one.
   */
  duringCall<Result>(run: () => Promise<Result>): Promise<{ result: Result; exchange: Exchange | undefined }>
  /** Runs something that only looks: an introspection request is answered by the network itself, with an error. */
  withoutQuestions<Result>(run: () => Promise<Result>): Promise<Result>
  /** Ends open streams, as happens to a computer that sleeps. */
  endStreams(): void
  /** Ends them if the fault is one that cuts them. */
  cutStreams(): void
}

/** An answer that was read whole, to give it more than once. */
interface KeptResponse {
  readonly body: ArrayBuffer
  readonly status: number
  readonly headers: Headers
}

/** The most characters of a body that are shown. */
const SHOWN_CHARACTERS = 600

/** Creates the network. */
export function createMemoryNetwork({ endpoints, fault, facts }: MemoryNetworkSettings): MemoryNetwork {
  const streams = new Set<() => void>()
  let mode: 'direct' | 'call' | 'look' = 'direct'
  let kept: KeptResponse | undefined

  async function send(target: string, init: RequestInit): Promise<Response> {
    const { origin, pathname } = new URL(target)
    const url = origin + pathname
    if (url === ENDPOINTS.introspection && mode === 'look') return new Response(null, { status: 400 })
    if (isCut(url, fault())) throw new TypeError('the connection was refused')
    if (url !== ENDPOINTS.introspection) return endable(await ask(url, target, init))
    if (mode !== 'call') return ask(url, target, init)
    kept ??= await keep(await ask(url, target, init))
    return new Response(kept.body.slice(), { status: kept.status, headers: kept.headers })
  }

  async function ask(url: string, target: string, init: RequestInit): Promise<Response> {
    const hostile = url === ENDPOINTS.introspection ? hostileAnswer(fault()) : undefined
    if (hostile !== undefined) return hostile.respond(facts(tokenIn(init)))
    const endpoint = endpoints[url]
    return endpoint === undefined ? new Response(null, { status: 404 }) : endpoint(new Request(target, init))
  }

  /** The same response. If it is a stream, the network can end it. */
  function endable(response: Response): Response {
    if (response.body === null) return response
    let end: (() => void) | undefined
    const pipe = new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => {
        end = () => controller.terminate()
      },
    })
    const ending = (): void => end?.()
    streams.add(ending)
    response.body
      .pipeTo(pipe.writable)
      .catch(() => undefined)
      .finally(() => streams.delete(ending))
    return new Response(pipe.readable, { status: response.status, headers: response.headers })
  }

  function endStreams(): void {
    for (const end of streams) end()
  }

  async function during<Result>(next: typeof mode, run: () => Promise<Result>): Promise<Result> {
    mode = next
    try {
      return await run()
    } finally {
      mode = 'direct'
    }
  }

  return {
    fetch: send,
    async duringCall(run) {
      kept = undefined
      const result = await during('call', run)
      const exchange = kept === undefined ? undefined : toExchange(kept)
      kept = undefined
      return { result, exchange }
    },
    withoutQuestions: (run) => during('look', run),
    endStreams,
    cutStreams() {
      if (isCut(ENDPOINTS.feed, fault())) endStreams()
    },
  }
}

function isCut(url: string, fault: Fault): boolean {
  return fault === 'outage' || (fault === 'feed-outage' && url === ENDPOINTS.feed)
}

function hostileAnswer(fault: Fault) {
  return Object.entries(HOSTILE_ANSWERS).find(([name]) => name === fault)?.[1]
}

function tokenIn({ body }: RequestInit): string {
  return typeof body === 'string' ? (new URLSearchParams(body).get('token') ?? '') : ''
}

async function keep(response: Response): Promise<KeptResponse> {
  return { body: await response.arrayBuffer(), status: response.status, headers: response.headers }
}

function toExchange({ body, status, headers }: KeptResponse): Exchange {
  const text = new TextDecoder().decode(body.slice(0, SHOWN_CHARACTERS)).trimEnd()
  const more = body.byteLength > SHOWN_CHARACTERS ? ` … (${body.byteLength.toLocaleString('en')} octets)` : ''
  return { status, mediaType: headers.get('content-type') ?? '', body: text + more }
}
