/**
 * The load for the server variants: a fixed number of connections, each with one open request. It uses bare sockets,
 * because it must cost less than any server. Otherwise the figures would be about the load.
 */
import { connect, type Socket } from 'node:net'
import { assertAnswer, AUTHORIZATION, CONCURRENCY } from '../fixture.ts'
import { answerParent } from '../measure/answer-parent.ts'
import { quantileOfFilled } from '../measure/latencies.ts'
import type { ServerTarget } from '../measure/serve-requests.ts'

/** The result of one round of load. */
export interface LoadRound {
  readonly calls: number
  readonly callsPerSecond: number
  readonly p99Ms: number
}

const HEADERS_END = '\r\n\r\n'

/** The load parses and checks every n-th answer. For the others it only checks status and length. */
const SAMPLE_EVERY = 64

const latenciesMs = new Float64Array(1_000_000)

/** One server variant and the connections to it, which stay open between rounds. */
class Target {
  readonly #port: number
  readonly #requests: readonly Buffer[]
  readonly #lanes: Lane[] = []
  #next = 0

  constructor({ port, path, tokens, accept, presents }: ServerTarget) {
    this.#port = port
    this.#requests = tokens.map((token) =>
      presents === 'bearer' ? buildApiRequest(port, path, token) : buildRequest(port, path, token, accept),
    )
  }

  async round(durationMs: number): Promise<LoadRound> {
    while (this.#lanes.length < CONCURRENCY) this.#lanes.push(await openLane(this.#port))
    const started = performance.now()
    const end = started + durationMs
    let calls = 0
    const next = (latencyMs: number, now: number): Buffer | undefined => {
      if (latencyMs >= 0) latenciesMs[calls++] = latencyMs
      if (now >= end || calls >= latenciesMs.length) return undefined
      return this.#requests[this.#next++ % this.#requests.length]
    }
    await Promise.all(this.#lanes.map((lane) => lane.run(next)))
    const elapsedMs = performance.now() - started
    const callsPerSecond = (calls * 1000) / elapsedMs
    return { calls, callsPerSecond, p99Ms: quantileOfFilled(latenciesMs, calls, 0.99) }
  }
}

/** Gets the latency of the previous call, negative for the first. Returns the next request, or `undefined` at the end. */
type Next = (latencyMs: number, now: number) => Buffer | undefined

/** One connection. It has no streams and no promises per request, because they would cost as much as the request. */
class Lane {
  socket!: Socket
  #received = ''
  /** The length of the last complete answer. The next answer of this length counts as complete without parsing. */
  #usualLength = -1
  #calls = 0
  #sentAt = 0
  #next: Next = () => undefined
  #resolve: () => void = () => undefined
  #reject: (error: Error) => void = () => undefined

  run(next: Next): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#next = next
      this.#resolve = resolve
      this.#reject = reject
      this.#ask(-1, performance.now())
    })
  }

  receive(length: number, buffer: Buffer): void {
    const sampled = ++this.#calls % SAMPLE_EVERY === 0
    if (sampled || length !== this.#usualLength || this.#received !== '' || !isOk(buffer)) {
      this.#received += buffer.toString('latin1', 0, length)
      if (!this.#isWhole()) return
    }
    const now = performance.now()
    this.#ask(now - this.#sentAt, now)
  }

  fail(error: Error): void {
    this.#reject(error)
  }

  #ask(latencyMs: number, now: number): void {
    const request = this.#next(latencyMs, now)
    if (request === undefined) {
      this.#resolve()
      return
    }
    this.#sentAt = now
    this.socket.write(request)
  }

  /** Whether the received octets are a complete and correct answer. */
  #isWhole(): boolean {
    const text = this.#received
    const headersEnd = text.indexOf(HEADERS_END)
    if (headersEnd === -1) return false
    const bodyStart = headersEnd + HEADERS_END.length
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1])
    if (text.length < bodyStart + length) return false
    this.#received = ''
    this.#usualLength = text.length
    try {
      if (!text.startsWith('HTTP/1.1 200 ')) throw new Error(`not answered 200: ${text.slice(0, 300)}`)
      assertAnswer(readAnswer(text.slice(bodyStart)))
      return true
    } catch (error) {
      this.#reject(error as Error)
      return false
    }
  }
}

/** The answer in a body: JSON, or the payload of a JWS. The load does not verify signatures. */
function readAnswer(body: string): unknown {
  if (!body.startsWith('ey')) return JSON.parse(body)
  const claims = JSON.parse(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString()) as object
  return (claims as { token_introspection?: unknown }).token_introspection
}

/** Whether the status line says 200. */
function isOk(buffer: Buffer): boolean {
  return buffer[9] === 0x32 && buffer[10] === 0x30 && buffer[11] === 0x30
}

function buildRequest(port: number, path: string, token: string, accept: string): Buffer {
  const body = `token=${encodeURIComponent(token)}`
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: ${AUTHORIZATION}\r\naccept: ${accept}\r\n` +
      `content-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}${HEADERS_END}${body}`,
  )
}

function buildApiRequest(port: number, path: string, token: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}${HEADERS_END}`)
}

async function openLane(port: number): Promise<Lane> {
  const lane = new Lane()
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: Buffer.alloc(65_536),
      callback(length, buffer) {
        lane.receive(length, buffer as Buffer)
        return true
      },
    },
  })
  socket.on('error', (error) => lane.fail(error))
  socket.on('close', () => lane.fail(new Error('the server closed the connection')))
  lane.socket = socket
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return lane
}

const targets = new Map<string, Target>()

answerParent({
  target({ name, target }: { name: string; target: ServerTarget }) {
    targets.set(name, new Target(target))
  },
  round: ({ name, durationMs }: { name: string; durationMs: number }) => targets.get(name)?.round(durationMs),
})
