import type { OpenRedisConnection } from '@token-introspection/core/redis'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { watchStream } from './watch-stream.ts'

/** A stream whose last entry a test sets. Reads that wait are answered when the stream has grown. */
function createStream() {
  let last = 0
  const waiting = new Set<{ readonly after: number; readonly resolve: (reply: unknown) => void }>()
  const sent: string[] = []
  const entry = () => [`${last}-0`, ['tag', `a${last}`]]

  function send(name: string, args: string[]): Promise<unknown> {
    sent.push(name)
    if (name === 'XREVRANGE') return Promise.resolve([entry()])
    const after = Number(args.at(-1)?.split('-')[0])
    if (last > after) return Promise.resolve([['stream', [entry()]]])
    return new Promise((resolve) => waiting.add({ after, resolve }))
  }

  const open: OpenRedisConnection = () => ({ connect: () => Promise.resolve(), send, close: () => undefined })

  return {
    open,
    send,
    sent,
    append() {
      last++
      for (const { resolve } of waiting) resolve([['stream', [entry()]]])
      waiting.clear()
    },
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Watches until the test ends. `calls` are the times of the calls, in milliseconds. */
async function watch(stream: ReturnType<typeof createStream>, open: OpenRedisConnection | undefined) {
  const startedMs = Date.now()
  const calls: number[] = []
  onTestFinished(watchStream(stream.send, open, 'stream')(() => calls.push(Date.now() - startedMs)))
  await vi.advanceTimersByTimeAsync(50)
  calls.length = 0
  return calls
}

describe('watchStream', () => {
  test('reports an entry as soon as the read that waits for it is answered', async () => {
    const stream = createStream()
    const calls = await watch(stream, stream.open)
    stream.append()
    await vi.advanceTimersByTimeAsync(0)
    expect(calls).toEqual([50])
  })

  test('reads a busy stream once in two milliseconds, and misses nothing', async () => {
    const stream = createStream()
    const calls = await watch(stream, stream.open)
    stream.sent.length = 0
    for (let ms = 0; ms < 100; ms++) {
      for (let count = 0; count < 10; count++) stream.append()
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(calls.length).toBeLessThanOrEqual(51)
    expect(stream.sent.length).toBeLessThanOrEqual(102)
    stream.append()
    const { length } = calls
    await vi.advanceTimersByTimeAsync(2)
    expect(calls.length).toBe(length + 1)
  })

  test('asks every five milliseconds over a client that opens no connections', async () => {
    const stream = createStream()
    const calls = await watch(stream, undefined)
    stream.append()
    await vi.advanceTimersByTimeAsync(5)
    expect(calls).toHaveLength(1)
    stream.sent.length = 0
    await vi.advanceTimersByTimeAsync(100)
    expect([calls.length, stream.sent.length]).toEqual([1, 20])
  })
})
