import { INACTIVE } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { describe, expect, test, vi } from 'vitest'
import { TransportUnreachableError } from '../errors.ts'
import type { IntrospectOptions } from '../call-options.ts'
import type { InheritedPolicy } from '../policy/resolve-policy.ts'
import { FLAT_HIERARCHY } from '../policy/scope-implications.ts'
import { type IntrospectionResult, toResult } from '../result/introspection-result.ts'
import type { WatchClock } from './watch-clock.ts'
import { WatchEnded } from './watch-ended.ts'
import { TokenWatches, type TokenWatchOptions, type WatchStep } from './watch-token.ts'

const startMs = 1_764_000_000_000
const policy = { audience: 'api' }
const inherited: InheritedPolicy = {
  audience: undefined,
  realm: 'api',
  tokenKind: undefined,
  acceptedTokenTypes: undefined,
  scopeHierarchy: FLAT_HIERARCHY,
  senderConstraint: undefined,
  resourceMetadata: undefined,
  confirmation: { dpop: undefined, certificate: undefined },
}

/** Lets pending promises run. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** A clock that moves only when the test moves it, and fires the timers on the way. */
function createClock() {
  const timers = new Set<{ atMs: number; callback: () => void }>()
  const state = { elapsedMs: 0, setAheadMs: 0, random: 0, longestMs: 0 }
  const clock: WatchClock = {
    nowMs: () => startMs + state.elapsedMs + state.setAheadMs,
    elapsedMs: () => state.elapsedMs,
    schedule(callback, ms) {
      state.longestMs = Math.max(state.longestMs, ms)
      const timer = { atMs: state.elapsedMs + ms, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    random: () => state.random,
  }
  const pass = async (seconds: number): Promise<void> => {
    const endMs = state.elapsedMs + seconds * 1000
    for (;;) {
      const [next] = [...timers].toSorted((a, b) => a.atMs - b.atMs)
      if (next === undefined || next.atMs > endMs) break
      timers.delete(next)
      state.elapsedMs = Math.max(state.elapsedMs, next.atMs)
      next.callback()
      await settle()
    }
    state.elapsedMs = endMs
    await settle()
  }
  return { clock, state, timers, pass }
}

function create(limits: Partial<WatchStep['limits']> = {}, sharesTimers = true) {
  const { clock, state, timers, pass } = createClock()
  const asked: { token: string; atMs: number; options: IntrospectOptions }[] = []
  const as = {
    answer: (): MaybePromise<IntrospectionResult> => toResult({ active: true, aud: 'api', scope: 'a b' }),
  }
  const watches = new TokenWatches({
    touched: undefined,
    limits: { everySeconds: 30, maxUncheckedSeconds: 60, maxWatched: 100, ...limits },
    policy: inherited,
    cleanerFor: () => (text) => text,
    introspect(token, options) {
      asked.push({ token, atMs: state.elapsedMs, options })
      return as.answer()
    },
    now: () => clock.nowMs() / 1000,
    clock,
    sharesTimers,
  })
  const watch = (token = 'token', options: Partial<TokenWatchOptions> = {}) => {
    const closed = new AbortController()
    const signal = watches.watch(token, { policy, until: closed.signal, ...options })
    return {
      signal,
      close: () => closed.abort(),
      ended: () => (signal.aborted ? (signal.reason as WatchEnded) : undefined),
    }
  }
  return { as, asked, watches, watch, state, timers, pass }
}

function down(): never {
  throw new TransportUnreachableError('down')
}

describe('a watched token', () => {
  test("is checked with the guard's answer at first, and then freshly before each interval ends", async () => {
    const { asked, watch, pass, state } = create()
    const { signal } = watch()
    await pass(100)
    state.random = 1
    await pass(60)
    expect(signal.aborted).toBe(false)
    expect(asked.map(({ atMs, options }) => [atMs / 1000, options.maxAgeSeconds])).toEqual([
      [0, undefined],
      [30, 0],
      [60, 0],
      [90, 0],
      // The next check was planned before the random number changed.
      [120, 0],
      [142.5, 0],
    ])
  })

  test('that is revoked ends at the next answer, and is not checked any more', async () => {
    const { as, asked, watch, pass, timers, watches } = create()
    const { ended } = watch()
    await pass(29)
    as.answer = () => INACTIVE
    expect(ended()).toBeUndefined()
    await pass(1)
    expect(ended()).toMatchObject({ code: 'ERR_WATCH_ENDED', reason: 'inactive', refusal: undefined })
    expect(ended()).toBeInstanceOf(WatchEnded)
    expect(ended()).toBeInstanceOf(Error)
    await pass(1000)
    expect(asked).toHaveLength(2)
    expect([timers.size, watches.size]).toEqual([0, 0])
  })

  test('that is inactive from the start has ended at once', () => {
    const { as, watch, watches } = create()
    as.answer = () => INACTIVE
    expect(watch().ended()).toMatchObject({ reason: 'inactive' })
    expect(watches.size).toBe(0)
  })

  test.each([
    ['a second', 1],
    ['less than an interval', 29.5],
    ['more than an interval', 45],
    ['two months, longer than a timer accepts', 60 * 86_400],
  ])('ends exactly when it expires in %s', async (_, seconds) => {
    const { as, watch, pass, state } = create({ everySeconds: 86_400 })
    const exp = startMs / 1000 + seconds
    as.answer = () => toResult({ active: true, aud: 'api', exp })
    const { ended } = watch()
    await pass(seconds - 0.001)
    expect(ended()).toBeUndefined()
    await pass(0.001)
    expect(ended()).toMatchObject({ reason: 'expired' })
    expect(state.longestMs).toBeLessThanOrEqual(2 ** 31 - 1)
  })

  test('lives as long as its last answer says', async () => {
    const { as, watch, pass } = create()
    const exp = startMs / 1000 + 40
    as.answer = () => toResult({ active: true, aud: 'api', exp })
    const { ended } = watch()
    await pass(10)
    as.answer = () => toResult({ active: true, aud: 'api', exp: exp + 40 })
    await pass(69.9)
    expect(ended()).toBeUndefined()
    await pass(0.1)
    expect(ended()).toMatchObject({ reason: 'expired' })
  })

  test('that has already expired has ended at once, with any leeway', () => {
    const { as, watch } = create()
    as.answer = () => toResult({ active: true, aud: 'api', exp: startMs / 1000 })
    expect(watch().ended()).toMatchObject({ reason: 'expired' })
  })

  test('ends when the clock is set forward past its expiry, and is checked as often when the clock is set back', async () => {
    const { as, asked, watch, pass, state } = create()
    as.answer = () => toResult({ active: true, aud: 'api', exp: startMs / 1000 + 3600 })
    const { ended } = watch()
    state.setAheadMs = -86_400_000
    await pass(60)
    expect(asked).toHaveLength(3)
    state.setAheadMs = 86_400_000
    await pass(30)
    expect(ended()).toMatchObject({ reason: 'expired' })
  })

  test('ends when the clock returns NaN', () => {
    const { as, watch, state } = create()
    state.setAheadMs = Number.NaN
    as.answer = () => toResult({ active: true, aud: 'api', exp: startMs / 1000 + 3600 })
    expect(watch().ended()).toMatchObject({ reason: 'expired' })
  })
})

describe('an outage', () => {
  test('is tolerated as long as the options say, not longer', async () => {
    const { as, asked, watch, pass } = create()
    const errors: unknown[] = []
    const { ended, signal } = watch('token', { onError: (error) => errors.push(error) })
    await pass(1)
    as.answer = down
    await pass(88.999)
    expect(ended()).toBeUndefined()
    await pass(0.001)
    expect(ended()).toMatchObject({ reason: 'unchecked' })
    expect((signal.reason as Error).cause).toBe(errors.at(-1))
    expect(asked.map(({ atMs }) => atMs / 1000)).toEqual([0, 30, 45, 60, 75])
    expect(errors).toHaveLength(4)
  })

  test('that ends in time has no effect', async () => {
    const { as, watch, pass } = create()
    const good = as.answer
    const { ended } = watch()
    for (let i = 0; i < 5; i++) {
      as.answer = down
      await pass(50)
      as.answer = good
      await pass(40)
    }
    as.answer = down
    await pass(50)
    expect(ended()).toBeUndefined()
    await pass(40)
    expect(ended()).toMatchObject({ reason: 'unchecked' })
  })

  test('counts from the start of a watch', async () => {
    const { as, watch, pass } = create({ maxUncheckedSeconds: 5 })
    as.answer = () => Promise.reject(new TransportUnreachableError('down'))
    const { ended } = watch()
    await pass(34.999)
    expect(ended()).toBeUndefined()
    await pass(0.001)
    expect(ended()).toMatchObject({ reason: 'unchecked' })
  })

  test('is also an answer that never comes', async () => {
    const { as, asked, watch, pass } = create()
    as.answer = () => new Promise(() => undefined)
    const { ended } = watch()
    await pass(89.999)
    expect(ended()).toBeUndefined()
    await pass(0.001)
    expect(ended()).toMatchObject({ reason: 'unchecked' })
    expect(asked).toHaveLength(1)
  })

  test('does not get longer when connections join', async () => {
    const { as, asked, watch, pass } = create()
    watch()
    as.answer = down
    await pass(35)
    const before = asked.length
    for (let i = 0; i < 100; i++) watch()
    await pass(5)
    expect(asked).toHaveLength(before)
  })

  test('is not a bug of the application: a bug ends the watch at once', async () => {
    const { as, watch, pass } = create()
    const { ended, signal } = watch()
    const bug = new TypeError('a bug')
    as.answer = () => Promise.reject(bug)
    await pass(30)
    expect(ended()).toMatchObject({ reason: 'unchecked' })
    expect((signal.reason as Error).cause).toBe(bug)
  })

  test('is reported, and an error of the listener is ignored', async () => {
    const { as, watch, pass } = create()
    const good = as.answer
    const first = watch('token', {
      onError: () => {
        throw new Error('mine')
      },
    })
    const told = vi.fn<() => unknown>(() => Promise.reject(new Error('mine')))
    watch('token', { onError: told })
    as.answer = down
    await pass(30)
    as.answer = good
    await pass(100)
    expect(told).toHaveBeenCalledTimes(1)
    expect(first.ended()).toBeUndefined()
  })
})

describe('the policy', () => {
  test.each([
    ['scope', { audience: 'api', scope: 'a' }, { aud: 'api', scope: 'b' }],
    ['audience', { audience: 'api' }, { aud: 'other' }],
    ['issuer', { audience: 'api', issuer: 'https://a.example' }, { aud: 'api', scope: 'a', iss: 'https://b.example' }],
    ['token_kind', { audience: 'api' }, { aud: 'api', token_use: 'refresh_token' }],
    ['token_kind', { audience: false }, { token_type: 'urn:x-oath:params:oauth:token-type:device-secret' }],
    ['authentication', { audience: 'api', maxAuthenticationAgeSeconds: 60 }, { aud: 'api' }],
    [
      'authorization_details',
      { audience: 'api', authorizationDetails: { type: 'order' } },
      { aud: 'api', authorization_details: [{ type: 'other' }] },
    ],
  ] as const)('ends a token that has lost its %s', async (refusal, wanted, members) => {
    const { as, watch, pass } = create()
    as.answer = () =>
      toResult({
        active: true,
        aud: 'api',
        scope: 'a',
        iss: 'https://a.example',
        auth_time: startMs / 1000,
        authorization_details: [{ type: 'order' }],
      })
    const { ended } = watch('token', { policy: wanted })
    await pass(29)
    expect(ended()).toBeUndefined()
    as.answer = () => toResult({ active: true, ...members } as Parameters<typeof toResult>[0])
    await pass(1)
    expect(ended()).toMatchObject({ reason: 'policy', refusal })
  })

  test('ends a login that has become too old, with both ages', async () => {
    const { as, watch, pass } = create()
    as.answer = () => toResult({ active: true, aud: 'api', auth_time: startMs / 1000 })
    const { ended } = watch('token', { policy: { audience: 'api', maxAuthenticationAgeSeconds: 70 } })
    await pass(89)
    expect(ended()).toBeUndefined()
    await pass(1)
    expect(ended()).toMatchObject({
      refusal: 'authentication',
      detail: 'the login was 90 s ago, expected at most 70 s ago',
      mismatch: { required: { maxAuthenticationAgeSeconds: 70 }, found: { authenticationAgeSeconds: 90 } },
    })
  })

  test('belongs to each connection, with one answer for all', async () => {
    const { as, asked, watch, pass } = create()
    const reader = watch('token', { policy: { audience: 'api', scope: 'a' } })
    const writer = watch('token', { policy: { audience: 'api', scope: 'b' } })
    as.answer = () => toResult({ active: true, aud: 'api', scope: 'a' })
    await pass(30)
    expect([reader.ended(), writer.ended()]).toMatchObject([undefined, { refusal: 'scope' }])
    expect(asked).toHaveLength(2)
    // By the existing answer, without another request.
    expect(watch('token', { policy: { audience: 'api', scope: 'b' } }).ended()).toMatchObject({ refusal: 'scope' })
    expect(asked).toHaveLength(2)
  })

  test('may have a check of the application, which gets the request that opened the connection', async () => {
    const { watch, pass } = create()
    const request = { headers: { get: () => null } }
    const check = vi.fn(() => Promise.resolve(true))
    const { ended } = watch('token', { policy: { audience: 'api', check }, request })
    await pass(30)
    expect(ended()).toBeUndefined()
    expect(check).toHaveBeenLastCalledWith(expect.objectContaining({ aud: 'api' }), request)
    check.mockResolvedValue(false)
    await pass(30)
    expect(ended()).toMatchObject({ reason: 'policy', refusal: 'check' })
  })

  test.each([
    ['throws', () => down(), 60],
    ['rejects', () => Promise.reject(new Error('mine')), 60],
    ['never resolves', () => new Promise<boolean>(() => undefined), 120],
    ['returns another value than true', () => 'yes' as unknown as boolean, 60],
  ] as const)('lets no token pass by a check that %s', async (_, check, bySeconds) => {
    const { watch, pass } = create()
    let fails = false
    const request = { headers: { get: () => null } }
    const { ended } = watch('token', { policy: { audience: 'api', check: () => (fails ? check() : true) }, request })
    await pass(30)
    expect(ended()).toBeUndefined()
    fails = true
    await pass(bySeconds - 30)
    expect(ended()).toBeDefined()
  })
})

describe('connections', () => {
  test('share a timer and each answer, however many there are', async () => {
    const { asked, watch, pass, timers, watches } = create()
    const sockets = Array.from({ length: 1000 }, () => watch())
    expect(timers.size).toBe(1)
    expect(watches.size).toBe(1)
    await pass(60)
    expect(asked).toHaveLength(3)
    for (const socket of sockets.slice(1)) socket.close()
    await pass(30)
    expect(asked).toHaveLength(4)
    sockets[0]?.close()
    await pass(100)
    expect(asked).toHaveLength(4)
    expect([timers.size, watches.size]).toEqual([0, 0])
    expect(sockets.some(({ signal }) => signal.aborted)).toBe(false)
  })

  test('do not share answers for different tokens', async () => {
    const { as, asked, watch, pass } = create()
    const [a, b] = [watch('a'), watch('b')]
    as.answer = () => (asked.at(-1)?.token === 'a' ? INACTIVE : toResult({ active: true, aud: 'api' }))
    await pass(30)
    expect([a.ended()?.reason, b.ended()]).toEqual(['inactive', undefined])
  })

  test('that began together are not checked together', async () => {
    const { asked, watch, pass, state } = create()
    for (let i = 0; i < 100; i++) {
      state.random = i / 100
      watch(`token ${i}`)
    }
    await pass(30)
    const times = asked.slice(100).map(({ atMs }) => atMs)
    expect(times).toHaveLength(100)
    expect(Math.min(...times)).toBeLessThan(23_000)
    expect(new Set(times).size).toBe(100)
  })

  test('are checked as often as the one with the shortest interval requires', async () => {
    const { asked, watch, pass } = create()
    watch()
    await pass(5)
    const { close } = watch('token', { everySeconds: 2 })
    await pass(5)
    expect(asked.map(({ atMs }) => atMs / 1000)).toEqual([0, 5.001, 7.001, 9.001])
    close()
    await pass(60)
    expect(asked.map(({ atMs }) => atMs / 1000).slice(4)).toEqual([11.001, 41.001])
  })

  test('end by their own limits', async () => {
    const { as, watch, pass } = create()
    const [short, long] = [watch('token', { maxUncheckedSeconds: 5 }), watch()]
    as.answer = down
    await pass(35)
    expect([short.ended()?.reason, long.ended()]).toEqual(['unchecked', undefined])
    await pass(55)
    expect(long.ended()).toMatchObject({ reason: 'unchecked' })
  })

  test('that have ended get no events, also when they had ended before', async () => {
    const { as, asked, watch, watches, pass } = create()
    const over = watches.watch('token', { policy, until: AbortSignal.abort() })
    expect(asked).toHaveLength(0)
    const { signal, close } = watch()
    close()
    as.answer = () => INACTIVE
    await pass(100)
    expect([over.aborted, signal.aborted]).toEqual([false, false])
  })

  test('that have ended cancel the request on its way, and its answer has no effect', async () => {
    const { as, asked, watch, pass, watches } = create()
    const { close, signal } = watch()
    const { promise, resolve } = Promise.withResolvers<IntrospectionResult>()
    as.answer = () => promise
    await pass(30)
    expect(asked.at(-1)?.options.signal?.aborted).toBe(false)
    close()
    expect(asked.at(-1)?.options.signal?.aborted).toBe(true)
    resolve(INACTIVE)
    await pass(100)
    expect([signal.aborted, watches.size]).toEqual([false, 0])
  })

  test('leave no listener on a signal that outlives them', async () => {
    const { as, watches, pass } = create()
    const until = new AbortController().signal
    const [add, remove] = [vi.spyOn(until, 'addEventListener'), vi.spyOn(until, 'removeEventListener')]
    watches.watch('token', { policy, until })
    as.answer = () => INACTIVE
    await pass(30)
    expect(remove).toHaveBeenCalledWith('abort', add.mock.calls[0]?.[1])
  })

  test('may close others, or watch again, in their abort listeners', async () => {
    const { as, watch, pass, watches } = create()
    const good = as.answer
    const [first, second] = [watch(), watch()]
    const again: ReturnType<typeof watch>[] = []
    first.signal.addEventListener('abort', () => {
      second.close()
      as.answer = good
      again.push(watch())
    })
    as.answer = () => INACTIVE
    await pass(30)
    expect([first.signal.aborted, second.signal.aborted]).toEqual([true, false])
    await pass(30)
    expect(again).toHaveLength(1)
    expect(again[0]?.ended()).toBeUndefined()
    expect(watches.size).toBe(1)
  })

  test('have a timer each where a timer ends with its request', async () => {
    const { asked, watch, timers, watches } = create({}, false)
    const sockets = [watch(), watch()]
    expect([timers.size, watches.size, asked.length]).toEqual([2, 2, 2])
    for (const { close } of sockets) close()
    expect([timers.size, watches.size]).toEqual([0, 0])
  })
})

describe('limits', () => {
  test('limit tokens, not their connections', () => {
    const { watch } = create({ maxWatched: 2 })
    const a = watch('a')
    watch('b')
    expect(() => watch('c')).toThrow(expect.objectContaining({ code: 'ERR_WATCH_OVERLOADED', retryable: true }))
    watch('b')
    a.close()
    expect(() => watch('c')).not.toThrow()
  })

  test('end as unchecked when the client closes', async () => {
    const { watch, watches, timers, asked, pass } = create()
    const sockets = [watch('a'), watch('b'), watch('b')]
    watches.close()
    expect(sockets.map(({ ended }) => ended()?.reason)).toEqual(['unchecked', 'unchecked', 'unchecked'])
    expect(timers.size).toBe(0)
    await pass(100)
    expect(asked).toHaveLength(2)
  })

  test.each([
    ['no audience', { policy: {} }, 'guard.audience'],
    ['no policy', { policy: undefined }, 'guard.audience'],
    ['a policy with an unknown option', { policy: { audience: 'api', scopes: 'a' } }, 'guard.scopes'],
    ['an optional policy', { policy: { audience: 'api', optional: true } }, 'watch.policy'],
    ['a check without a request', { policy: { audience: 'api', check: () => true } }, 'watch.request'],
    ['no until', { until: undefined }, 'watch.until'],
    ['an until that is not a signal', { until: new AbortController() }, 'watch.until'],
    ['an interval of zero', { everySeconds: 0 }, 'watch.everySeconds'],
    ['a limit of zero', { maxUncheckedSeconds: 1 }, 'watch.maxUncheckedSeconds'],
    ['an unknown option', { every: 1 }, 'watch.every'],
    ['a listener that is not a function', { onError: true }, 'watch.onError'],
  ])('refuse %s', (_, options, path) => {
    const { watch, watches } = create()
    expect(() => watch('token', options as object)).toThrow(TypeError)
    expect(() => watch('token', options as object)).toThrow(new RegExp(`^${path}: `))
    expect(watches.size).toBe(0)
  })
})
