import { clientSecretBasic, IntrospectionClient, type WatchEnded } from '@token-introspection/client'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const startMs = 1_764_000_000_000
const EVERY_MS = 30_000
const UNCHECKED_MS = 60_000
/** Timers have whole milliseconds, so both ends may be off by one. */
const TICK_MS = 2
const audience = 'api'

type Step =
  | { readonly do: 'join'; readonly token: string; readonly scope: string }
  | { readonly do: 'leave'; readonly which: number }
  | { readonly do: 'say'; readonly token: string; readonly scope: string | undefined }
  | { readonly do: 'outage'; readonly isDown: boolean }
  | { readonly do: 'wait'; readonly ms: number }

const token = fc.constantFrom('a', 'b', 'c')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), token, scope: fc.constantFrom('x', 'y') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat({ max: 20 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      token,
      scope: fc.constantFrom(undefined, undefined, 'x', 'x y'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outage' as const), isDown: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 20_000, max: 100_000 })),
    }),
  },
)

interface Connection {
  readonly token: string
  readonly scope: string
  readonly joinedAtMs: number
  readonly signal: AbortSignal
  readonly close: AbortController
  endedAtMs: number | undefined
}

/** The answer of the server about a token, from a moment on. */
interface Say {
  readonly fromMs: number
  readonly scope: string | undefined
  readonly isDown: boolean
}

beforeEach(() => {
  vi.useFakeTimers({ now: startMs, toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('for every order of revocations, watches, departures and outages', () => {
  test('no connection outlives its token by more than the limit, and none ends without a reason', async () => {
    const ends = { expired: 0, inactive: 0, policy: 0, unchecked: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (run) => {
        const scopes = new Map<string, string | undefined>(['a', 'b', 'c'].map((each) => [each, 'x y']))
        const said = new Map<string, Say[]>()
        let isDown = false
        let requests = 0
        let watchedMs = 0
        const say = (): void => {
          for (const [each, scope] of scopes) {
            said.set(each, [...(said.get(each) ?? []), { fromMs: Date.now(), scope, isDown }])
          }
        }
        say()
        await using client = new IntrospectionClient({
          endpoint: 'https://as.example.com/introspect',
          clientAuthentication: clientSecretBasic('api', 'secret'),
          // A check that the cache answers would come too late.
          cache: { maxAgeSeconds: 30 },
          transport: {
            retry: false,
            circuitBreaker: false,
            fetch: (_url, { body }) => {
              requests += 1
              const scope = scopes.get(new URLSearchParams(body as string).get('token') as string)
              if (isDown) return Promise.resolve(new Response(null, { status: 503 }))
              return Promise.resolve(
                Response.json(scope === undefined ? { active: false } : { active: true, aud: audience, scope }),
              )
            },
          },
        })
        const connections: Connection[] = []
        for (const each of run) {
          if (each.do === 'join') {
            const close = new AbortController()
            const policy = { audience, scope: each.scope }
            const signal = client.watch(each.token, { policy, until: close.signal })
            const connection: Connection = { ...each, joinedAtMs: Date.now(), signal, close, endedAtMs: undefined }
            connections.push(connection)
            signal.addEventListener('abort', () => (connection.endedAtMs = Date.now()))
            if (signal.aborted) connection.endedAtMs = Date.now()
          } else if (each.do === 'leave') connections[each.which]?.close.abort()
          else if (each.do === 'wait') {
            watchedMs += each.ms * client.statistics().watched
            await vi.advanceTimersByTimeAsync(each.ms)
          } else {
            if (each.do === 'outage') isDown = each.isDown
            else scopes.set(each.token, each.scope)
            say()
          }
          await vi.advanceTimersByTimeAsync(0)
          for (const connection of connections) {
            const { signal, close } = connection
            if (!signal.aborted) {
              if (!close.signal.aborted) expectGoodOrWithinBound(connection, said.get(connection.token) as Say[])
            } else if (!close.signal.aborted) expectReason(connection, said.get(connection.token) as Say[])
          }
        }
        for (const { signal } of connections) {
          if (signal.aborted) ends[(signal.reason as WatchEnded).reason] += 1
        }
        // At most one request per token and interval, plus tries while the server is down, however many connections
        // there are.
        const joined = connections.length
        expect(requests).toBeLessThanOrEqual(joined + watchedMs / (15_000 * 0.75) + run.length)
        for (const { close } of connections) close.abort()
        expect(client.statistics().watched).toBe(0)
        // One timer for the deadlines of calls, and one for the requests that calls share.
        expect(vi.getTimerCount()).toBeLessThanOrEqual(2)
      }),
      { numRuns: 200 },
    )
    // A watch that never ends, or always ends, would pass most checks above.
    expect(ends.inactive).toBeGreaterThan(100)
    expect(ends.policy).toBeGreaterThan(50)
    expect(ends.unchecked).toBeGreaterThan(20)
  })
})

/** Checks that the server called the token good within the limit, or since the connection joined. */
function expectGoodOrWithinBound({ joinedAtMs, scope }: Connection, said: readonly Say[]): void {
  const now = Date.now()
  const isGood = (each: Say): boolean => each.scope !== undefined && each.scope.includes(scope)
  const spans = said.map((each, i) => ({ ...each, toMs: said[i + 1]?.fromMs ?? now }))
  // While the server can be reached: one interval.
  const upSinceMs = spans.findLast((each) => each.isDown)?.toMs ?? startMs
  const badSinceMs = spans.findLast((each) => isGood(each))?.toMs ?? startMs
  const lateMs = now - Math.max(upSinceMs, badSinceMs, joinedAtMs)
  if (!isGood(said.at(-1) as Say) && said.at(-1)?.isDown === false)
    expect(lateMs).toBeLessThanOrEqual(EVERY_MS + TICK_MS)
  // In any case: the longest time without a check.
  const reachableAtMs = spans.findLast((each) => !each.isDown && isGood(each))?.toMs ?? startMs
  expect(now - Math.max(reachableAtMs, joinedAtMs)).toBeLessThanOrEqual(EVERY_MS + UNCHECKED_MS + TICK_MS)
}

/** Checks that the reason was true when the connection ended, or when the server answered. */
function expectReason({ signal, scope, endedAtMs, joinedAtMs }: Connection, said: readonly Say[]): void {
  const { reason } = signal.reason as WatchEnded
  const at = endedAtMs as number
  const spans = said.map((each, i) => ({ ...each, toMs: said[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY }))
  // A connection that joins later is judged by the answer that earlier connections got.
  const from = Math.min(joinedAtMs, at) - EVERY_MS - UNCHECKED_MS
  const lately = spans.filter((each) => each.fromMs <= at && each.toMs >= from)
  if (reason === 'inactive') expect(lately.some((each) => each.scope === undefined && !each.isDown)).toBe(true)
  else if (reason === 'policy')
    expect(lately.some((each) => each.scope !== undefined && !each.scope.includes(scope) && !each.isDown)).toBe(true)
  else {
    expect(reason).toBe('unchecked')
    expect(lately.some((each) => each.isDown)).toBe(true)
  }
}
