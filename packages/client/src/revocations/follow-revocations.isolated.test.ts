import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { TransportRateLimitedError, TransportStatusError, TransportUnauthorizedError } from '../errors.ts'
import { systemClock } from '../watch/watch-clock.ts'
import { FollowRevocations } from './follow-revocations.ts'
import type { RevocationConnection } from './revocation-follower.ts'
import { RevocationState } from './revocation-state.ts'

const HERE: RevocationPage = { position: '0.a', events: [], gap: false, more: false }
const FIRST: RevocationEvent = {
  position: '1.a',
  previous: '0.a',
  at: 1,
  cut: null,
  kind: 'token',
  key: 'AAAAAAAAAAAAAAAA',
}

type Ask = RevocationConnection['ask']
type Listen = NonNullable<RevocationConnection['listen']>

/** A follower over a connection whose clock is held. The pauses have no jitter. */
function createFollowing(ask: Ask, listen?: Listen, hasTimers = true) {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const clock = { ...systemClock(Date.now), random: () => 0, ...(!hasTimers && { schedule: () => () => undefined }) }
  const state = new RevocationState({ leaseMs: 30_000, clock })
  const changes: string[] = []
  const errors: unknown[] = []
  const asked = vi.fn(ask)
  const following = new FollowRevocations({
    connection: { ask: asked, ...(listen && { listen }) },
    state,
    leaseMs: 30_000,
    clock,
    hasTimers,
    onChange: (change, error) => {
      changes.push(change)
      errors.push(error)
    },
  })
  onTestFinished(() => following.close())
  return { following, state, changes, errors, asked }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const forever: Listen = (_after, _onEvents, signal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()))

describe('questions', () => {
  test('begin with the first call, and come three times a lease', async () => {
    const { following, asked } = createFollowing(() => Promise.resolve(HERE), forever)
    await pass(60_000)
    expect(asked).not.toHaveBeenCalled()
    following.follow()
    following.follow()
    await pass(9999)
    expect(asked).toHaveBeenCalledTimes(1)
    await pass(1)
    expect(asked).toHaveBeenCalledTimes(2)
    await pass(20_000)
    expect(asked).toHaveBeenCalledTimes(4)
  })

  test('come every second when nothing can be heard', async () => {
    const { following, asked } = createFollowing(() => Promise.resolve(HERE))
    following.follow()
    await pass(5000)
    expect(asked).toHaveBeenCalledTimes(6)
  })

  test('come with the calls where there are no timers', async () => {
    const { following, asked } = createFollowing(() => Promise.resolve(HERE), forever, false)
    following.follow()
    await pass(60_000)
    expect(asked).toHaveBeenCalledTimes(1)
    following.follow()
    following.follow()
    await pass(1)
    expect(asked).toHaveBeenCalledTimes(2)
    following.follow()
    expect(asked).toHaveBeenCalledTimes(2)
  })

  test('go on where there are no timers, although one ended with the request that sent it', async () => {
    const { following, asked, state } = createFollowing(
      (after) =>
        asked.mock.calls.length === 1
          ? new Promise(() => undefined)
          : Promise.resolve({ ...HERE, position: after ?? '0.a' }),
      forever,
      false,
    )
    following.follow()
    await pass(9999)
    following.follow()
    expect([asked.mock.calls.length, state.position]).toEqual([1, undefined])
    await pass(1)
    following.follow()
    await pass(0)
    expect([asked.mock.calls.length, state.position]).toEqual([2, '0.a'])
  })

  test('follow one another while there is more', async () => {
    const pages: RevocationPage[] = [
      HERE,
      { ...HERE, position: '1.a', events: [FIRST], more: true },
      { ...HERE, position: '1.a' },
    ]
    const { following, asked, state } = createFollowing(() => Promise.resolve(pages.shift() ?? HERE), forever)
    following.follow()
    await pass(10_000)
    expect(asked.mock.calls.map(([after]) => after)).toEqual([undefined, '0.a', '1.a'])
    expect(state.position).toBe('1.a')
  })

  test('do not go on for ever at once when a page never counts', async () => {
    const { following, asked } = createFollowing((after) =>
      Promise.resolve(after === undefined ? HERE : { ...HERE, position: '9.z' }),
    )
    following.follow()
    await pass(1500)
    expect(asked.mock.calls.length).toBeLessThan(1200)
    expect(following.isListening).toBe(false)
  })

  test('end after a third of the lease', async () => {
    const signals: AbortSignal[] = []
    const { following, changes, errors } = createFollowing((_after, signal) => {
      signals.push(signal)
      return new Promise(() => undefined)
    })
    following.follow()
    await pass(10_000)
    expect(signals[0]?.aborted).toBe(true)
    expect(changes).toEqual(['failed'])
    expect(errors[0]).toMatchObject({
      code: 'ERR_TRANSPORT_TIMEOUT',
      message: expect.stringMatching(
        /^revocation feed: no answer within 10000 ms, a third of cache.leaseSeconds/,
      ) as string,
    })
  })
})

describe('failures', () => {
  test('are told once, pause longer each time, and end', async () => {
    let fails = true
    const { following, asked, changes } = createFollowing(() =>
      fails ? Promise.reject(new Error('down')) : Promise.resolve(HERE),
    )
    following.follow()
    await pass(1399)
    expect(asked).toHaveBeenCalledTimes(3)
    fails = false
    await pass(1000)
    expect(changes).toEqual(['failed', 'following'])
  })

  test.each([
    ['that the server limits', new TransportStatusError('503', { status: 503, retryAfterSeconds: 20 }), 20_000],
    ['that are for good', new TransportUnauthorizedError('401', { status: 401 }), 30_000],
  ])('%s wait as long', async (_name, error, ms) => {
    Object.assign(error, { retryAfterSeconds: ms === 20_000 ? 20 : undefined })
    const { following, asked } = createFollowing(() => Promise.reject(error))
    following.follow()
    await pass(ms - 1)
    expect(asked).toHaveBeenCalledTimes(1)
    await pass(ms + 2)
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(2)
  })
})

describe('listening', () => {
  test('begins after the first answer, hears events, and begins again with a question', async () => {
    const ends: (() => void)[] = []
    const after: string[] = []
    const { following, state, asked, changes } = createFollowing(
      () => Promise.resolve({ ...HERE, position: state.position ?? '0.a' }),
      (position, onEvents) => {
        after.push(position)
        if (position === '0.a') onEvents([FIRST])
        return new Promise((resolve) => ends.push(resolve))
      },
    )
    following.follow()
    await pass(1)
    expect(following.isListening).toBe(true)
    expect(state.position).toBe('1.a')
    expect(changes).toEqual(['listening'])
    ends[0]?.()
    await pass(50)
    expect(after).toEqual(['0.a', '1.a'])
    expect(asked).toHaveBeenCalledTimes(2)
  })

  test('is told when the feed opens, also if nothing is ever revoked, and again after a failure', async () => {
    const opened: (() => void)[] = []
    const fail: ((error: Error) => void)[] = []
    const { following, changes } = createFollowing(
      () => Promise.resolve(HERE),
      (_position, onEvents) => {
        opened.push(() => onEvents([]))
        return new Promise((_resolve, reject) => fail.push(reject))
      },
    )
    following.follow()
    await pass(5000)
    expect([changes, following.isListening]).toEqual([[], false])
    opened[0]?.()
    opened[0]?.()
    expect([changes, following.isListening]).toEqual([['listening'], true])
    fail[0]?.(new Error('broken off'))
    await pass(1000)
    expect([changes, following.isListening]).toEqual([['listening', 'failed', 'following'], false])
    opened[1]?.()
    expect(changes.at(-1)).toBe('listening')
  })

  test('that ends as soon as it has opened does not spin', async () => {
    const listen = vi.fn<Listen>((_after, onEvents) => {
      onEvents([])
      return Promise.resolve()
    })
    const { following } = createFollowing(() => Promise.resolve(HERE), listen)
    following.follow()
    await pass(10_000)
    expect(listen.mock.calls.length).toBeLessThan(10)
  })

  test('that fails at once does not spin', async () => {
    const listen = vi.fn<Listen>(() => Promise.reject(new Error('no stream')))
    const { following } = createFollowing(() => Promise.resolve(HERE), listen)
    following.follow()
    await pass(10_000)
    expect(listen.mock.calls.length).toBeLessThan(10)
  })
})

describe('a feed that cannot be heard', () => {
  test.each([
    ['refuses it for good', new TransportStatusError('404', { status: 404 }), 60_000],
    ['has no place', new TransportRateLimitedError('429', { retryAfterSeconds: 120 }), 240_000],
  ])('and %s is asked within the lease, and listened to later', async (_name, error, ms) => {
    const listen = vi.fn<Listen>(() => Promise.reject(error))
    const { following, asked, state } = createFollowing(() => Promise.resolve(HERE), listen)
    following.follow()
    for (let passedMs = 0; passedMs < ms; passedMs += 1000) {
      await pass(1000)
      expect(state.isWithinLease()).toBe(true)
    }
    expect(asked.mock.calls.length).toBeLessThanOrEqual(ms / 10_000 + 1)
    expect(listen.mock.calls.length).toBeGreaterThan(1)
    expect(listen.mock.calls.length).toBeLessThanOrEqual(3)
  })
})

test('a stream that ends after every event does not make the client spin, and is told once', async () => {
  let count = 0
  const { following, asked, changes } = createFollowing(
    () => Promise.resolve({ ...HERE, position: `${count}.a` }),
    (_position, onEvents) => {
      count += 1
      onEvents([{ ...FIRST, position: `${count}.a`, previous: `${count - 1}.a` }])
      return Promise.resolve()
    },
  )
  following.follow()
  await pass(1000)
  expect(asked.mock.calls.length).toBeLessThan(30)
  expect(changes).toEqual(['listening'])
})

test('a follower whose listen throws is asked again', async () => {
  const listen = vi.fn<Listen>(() => {
    throw new Error('misuse')
  })
  const { following, changes } = createFollowing(() => Promise.resolve(HERE), listen)
  following.follow()
  await pass(30_000)
  expect(listen.mock.calls.length).toBeGreaterThan(2)
  expect(following.isListening).toBe(false)
  expect(changes[0]).toBe('failed')
})

test('closing ends the question, the listening and every timer', async () => {
  const signals: AbortSignal[] = []
  const { following, asked } = createFollowing(
    () => Promise.resolve(HERE),
    (position, onEvents, signal) => {
      signals.push(signal)
      return forever(position, onEvents, signal)
    },
  )
  following.follow()
  await pass(1)
  await following.close()
  expect(signals[0]?.aborted).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
  await pass(60_000)
  expect(asked).toHaveBeenCalledTimes(1)
})
