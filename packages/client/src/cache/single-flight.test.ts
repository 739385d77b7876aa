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
  test('asks once for all who come while the answer is not there', async () => {
    const { flights, board, asked } = createFlights()
    const answers = Array.from({ length: 1000 }, () => board('a').answer)
    asked[0]?.resolve('yes')
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['yes']))
    expect(asked).toHaveLength(1)
    expect(flights.joined).toBe(999)
  })

  test('tells keys apart', () => {
    const { board, asked } = createFlights()
    expect(board('a')).not.toBe(board('b'))
    expect(asked).toHaveLength(2)
  })

  test('gives a failure to those who wait, and asks again for the next', async () => {
    const { board, asked } = createFlights()
    const waiting = [board('a').answer, board('a').answer]
    const failure = new Error('down')
    asked[0]?.reject(failure)
    for (const answer of waiting) await expect(answer).rejects.toBe(failure)
    const next = board('a').answer
    asked[1]?.resolve('up')
    expect(await next).toBe('up')
  })

  test('goes on while one still waits, and is cancelled when the last one leaves', () => {
    const { board, deadlines } = createFlights()
    const flight = board('a')
    board('a')
    flight.leave(gone)
    expect(deadlines[0]?.cancel).not.toHaveBeenCalled()
    flight.leave(gone)
    expect(deadlines[0]?.cancel).toHaveBeenCalledExactlyOnceWith(gone)
  })

  test('lets nobody join a flight that was cancelled', () => {
    const { board, asked } = createFlights()
    const flight = board('a')
    flight.leave(gone)
    expect(board('a')).not.toBe(flight)
    expect(asked).toHaveLength(2)
  })

  test('cancels nothing that is over', async () => {
    const { board, asked, deadlines } = createFlights()
    const flight = board('a')
    asked[0]?.resolve('yes')
    await flight.answer
    flight.leave(gone)
    expect(deadlines[0]?.cancel).not.toHaveBeenCalled()
    expect(deadlines[0]?.settle).toHaveBeenCalledOnce()
  })

  test('joins nothing that began before when asked for something fresh, and later calls join the fresh one', () => {
    const { board, asked, current } = createFlights()
    const old = board('a')
    const fresh = board('a', 0)
    expect(fresh).not.toBe(old)
    expect(board('a')).toBe(fresh)
    expect(asked).toHaveLength(2)
    expect(current.map((isCurrent) => isCurrent())).toEqual([false, true])
  })

  test('joins nothing older than the call takes, as the answer will be that old', () => {
    const { board, clock } = createFlights()
    const first = board('a')
    clock.nowMs += 300
    expect(board('a', 301)).toBe(first)
    const second = board('a', 300)
    expect(second).not.toBe(first)
    // Nobody knows how old it is, since the clock was set back.
    clock.nowMs -= 1
    expect(board('a', 1000)).not.toBe(second)
  })

  test('joins what lasts as long as the call may wait, and nothing that ends before', () => {
    const { board, clock } = createFlights()
    const first = board('a')
    clock.nowMs += 500
    expect(board('a')).toBe(first)
    clock.nowMs += 1
    expect(board('a')).not.toBe(first)
  })

  test('leaves the newer flight in place when an older one lands', async () => {
    const { board, asked } = createFlights()
    const old = board('a')
    const fresh = board('a', 0)
    asked[0]?.resolve('old')
    await old.answer
    expect(board('a')).toBe(fresh)
  })

  test('lets nobody join what was forgotten, and does not call it the newest', () => {
    const { flights, board, current } = createFlights()
    const forgotten = board('a')
    const other = board('b')
    flights.forget((key) => key === 'a')
    expect(board('a')).not.toBe(forgotten)
    expect(board('b')).toBe(other)
    expect(current.map((isCurrent) => isCurrent())).toEqual([false, true, true])
  })

  test('lets nobody join what should be over by now', () => {
    const { board, deadlines } = createFlights()
    const lost = board('a')
    deadlines[0]?.isOver.mockReturnValue(true)
    expect(board('a')).not.toBe(lost)
  })

  test('gives up what ended without a word, and not what failed by itself', async () => {
    const { flights, board, asked } = createFlights()
    const lost = board('a')
    // To everybody who waited.
    expect([flights.abandon(lost), flights.abandon(lost)]).toEqual([true, true])
    const next = board('a')
    expect(next).not.toBe(lost)
    asked[1]?.reject(gone)
    await expect(next.answer).rejects.toBe(gone)
    expect(flights.abandon(next)).toBe(false)
  })
})
