import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MAX_PAGE_EVENTS } from '@token-introspection/core/revocations'
import { createFakeRevocationLog } from '../../test/fake-revocation-log.ts'
import { createFollowers } from './followers.ts'
import { toOctets } from './open-stream.ts'

describe('createFollowers', () => {
  test('gives a follower no more at once than may wait for it, however far behind it is', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const log = createFakeRevocationLog()
    const followers = createFollowers(log, { maxPageEvents: 1000, timeoutMs: 1000, beatMs: 15_000, toOctets })
    onTestFinished(() => followers.close())
    const append = async (count: number) => {
      for (let index = 0; index < count; index++) await log.append('token', 'a')
    }
    /** The events by the moment at which they came. */
    const atOnce = new Map<number, number>()
    let events = 0
    const start = log.position
    await followers.log.readAfter(undefined)
    await append(4000)
    await followers.log.refresh()
    await append(4000)
    await followers.log.refresh()
    followers.add(start, {
      deliver({ page }) {
        events += page.events.length
        atOnce.set(Date.now(), (atOnce.get(Date.now()) ?? 0) + page.events.length)
        return true
      },
      beat: () => true,
      close: () => undefined,
    })
    await vi.advanceTimersByTimeAsync(20)
    expect(events).toBe(8000)
    expect(Math.max(...atOnce.values())).toBeLessThanOrEqual(MAX_PAGE_EVENTS)
  })
})
