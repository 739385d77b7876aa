import { describe, expect, test, vi } from 'vitest'
import { SingleFlight } from './single-flight.ts'

const gone = new Error('gone')

function createDeadline(expiresAtMs: number) {
  return {
    cancel: vi.fn<(reason: Error) => void>(),
    settle: vi.fn<() => void>(),
    isOver: vi.fn<() => boolean>(() => false),
    expiresAtMs,
  }
}

function createFlights() {
  const flights = new SingleFlight<string>()
  const deadlines: ReturnType<typeof createDeadline>[] = []
  const asked: PromiseWithResolvers<string>[] = []
  const current: (() => boolean)[] = []
  const clock = { nowMs: 1_000_000 }
  const board = (key: string, maxAgeMs?: number, waitsMs = 500) =>
    flights.board(
      key,
      { maxAgeMs, nowMs: clock.nowMs, waitsUntilMs: clock.nowMs + waitsMs },
      () => {
        const deadline = createDeadline(clock.nowMs + 1000)
        deadlines.push(deadline)
        return deadline
      },
      (_, isCurrent) => {
        const answer = Promise.withResolvers<string>()
        asked.push(answer)
        current.push(isCurrent)
        return answer.promise
      },
    )
  return { flights, board, deadlines, asked, current, clock }
}

describe('SingleFlight', () => {
  test('asks once for all calls before the answer is there', async () => {
    const { flights, board, asked } = createFlights()
    const answers = Array.from({ length: 1000 }, () => board('a').answer)
    asked[0]?.resolve('yes')
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['yes']))
    expect(asked).toHaveLength(1)
    expect(flights.joined).toBe(999)
  })

  test('separates keys', () => {
    const { board, asked } = createFlights()
    expect(board('a')).not.toBe(board('b'))
    expect(asked).toHaveLength(2)
  })

  test('gives a failure to all waiting calls, and asks again for the next call', async () => {
    const { board, asked } = createFlights()
    const waiting = [board('a').answer, board('a').answer]
    const failure = new Error('down')
    asked[0]?.reject(failure)
    for (const answer of waiting) await expect(answer).rejects.toBe(failure)
    const next = board('a').answer
    asked[1]?.resolve('up')
    expect(await next).toBe('up')
  })

  test('goes on while one call still waits, and is cancelled when the last call leaves', () => {
    const { board, deadlines } = createFlights()
    const flight = board('a')
    board('a')
    flight.leave(gone)
    expect(deadlines[0]?.cancel).not.toHaveBeenCalled()
    flight.leave(gone)
    expect(deadlines[0]?.cancel).toHaveBeenCalledExactlyOnceWith(gone)
  })

  test('lets no call join a cancelled flight', () => {
    const { board, asked } = createFlights()
    const flight = board('a')
    flight.leave(gone)
    expect(board('a')).not.toBe(flight)
    expect(asked).toHaveLength(2)
  })

  test('cancels no flight that has ended', async () => {
    const { board, asked, deadlines } = createFlights()
    const flight = board('a')
    asked[0]?.resolve('yes')
    await flight.answer
    flight.leave(gone)
    expect(deadlines[0]?.cancel).not.toHaveBeenCalled()
    expect(deadlines[0]?.settle).toHaveBeenCalledOnce()
  })

  test('joins no earlier flight for a fresh answer, and later calls join the fresh one', () => {
    const { board, asked, current } = createFlights()
    const old = board('a')
    const fresh = board('a', 0)
    expect(fresh).not.toBe(old)
    expect(board('a')).toBe(fresh)
    expect(asked).toHaveLength(2)
    expect(current.map((isCurrent) => isCurrent())).toEqual([false, true])
  })

  test('joins no flight that is older than the call accepts, because the answer has that age', () => {
    const { board, clock } = createFlights()
    const first = board('a')
    clock.nowMs += 300
    expect(board('a', 301)).toBe(first)
    const second = board('a', 300)
    expect(second).not.toBe(first)
    // After the clock was set back, the age is unknown.
    clock.nowMs -= 1
    expect(board('a', 1000)).not.toBe(second)
  })

  test('joins a flight that lasts as long as the call may wait, and no shorter one', () => {
    const { board, clock } = createFlights()
    const first = board('a')
    clock.nowMs += 500
    expect(board('a')).toBe(first)
    clock.nowMs += 1
    expect(board('a')).not.toBe(first)
  })

  test('keeps the newer flight when an older one ends', async () => {
    const { board, asked } = createFlights()
    const old = board('a')
    const fresh = board('a', 0)
    asked[0]?.resolve('old')
    await old.answer
    expect(board('a')).toBe(fresh)
  })

  test('lets no call join a forgotten flight, and does not call it the newest', () => {
    const { flights, board, current } = createFlights()
    const forgotten = board('a')
    const other = board('b')
    flights.forget((key) => key === 'a')
    expect(board('a')).not.toBe(forgotten)
    expect(board('b')).toBe(other)
    expect(current.map((isCurrent) => isCurrent())).toEqual([false, true, true])
  })

  test('lets no call join a flight whose time is over', () => {
    const { board, deadlines } = createFlights()
    const lost = board('a')
    deadlines[0]?.isOver.mockReturnValue(true)
    expect(board('a')).not.toBe(lost)
  })

  test('starts again after a flight that ended silently, not after one that failed by itself', async () => {
    const { flights, board, asked } = createFlights()
    const lost = board('a')
    // To all waiting calls.
    expect([flights.abandon(lost), flights.abandon(lost)]).toEqual([true, true])
    const next = board('a')
    expect(next).not.toBe(lost)
    asked[1]?.reject(gone)
    await expect(next.answer).rejects.toBe(gone)
    expect(flights.abandon(next)).toBe(false)
  })
})
