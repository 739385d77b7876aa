import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Deadline, type DeadlineClock, Deadlines } from './deadline.ts'

const durationMs = 1000
const timedOut = expect.objectContaining({ code: 'ERR_TRANSPORT_TIMEOUT' }) as Error

/** A clock that moves only when the test moves it. */
class ManualClock implements DeadlineClock {
  now = 0
  timers: { at: number; callback: () => void }[] = []
  scheduled = 0

  readonly nowMs = (): number => this.now

  readonly schedule = (callback: () => void, ms: number): (() => void) => {
    this.scheduled++
    const timer = { at: this.now + ms, callback }
    this.timers.push(timer)
    return () => (this.timers = this.timers.filter((each) => each !== timer))
  }

  advance(ms: number): void {
    const until = this.now + ms
    for (;;) {
      this.timers.sort((one, other) => one.at - other.at)
      if (this.timers[0] === undefined || this.timers[0].at > until) break
      const { at, callback } = this.timers.shift() as (typeof this.timers)[number]
      this.now = at
      callback()
    }
    this.now = until
  }
}

function setUp() {
  const clock = new ManualClock()
  return { clock, deadlines: new Deadlines(durationMs, clock) }
}

/** The message without the advice. */
function briefly({ message }: Error): string {
  return message.replace(/, a limit by transport\.deadlineMs: .*$/, '')
}

/** Records in `log` when and why a deadline is cancelled. */
function note(deadline: Deadline, name: string, log: string[], clock: ManualClock): void {
  deadline.onCancel((reason) => log.push(`${name} ${clock.now} ${briefly(reason)}`))
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a deadline', () => {
  test('names what its call waits for when the time is over', () => {
    const { clock, deadlines } = setUp()
    const log: string[] = []
    const deadline = deadlines.start()
    note(deadline, 'a', log, clock)
    deadline.waitsFor = () => 'metadata at https://as.example.com'
    deadline.waitsFor = () => 'introspection at https://as.example.com/introspect'
    clock.advance(1000)
    expect(log).toEqual(['a 1000 introspection at https://as.example.com/introspect: no answer within 1000 ms'])
  })
})

describe('deadlines with a timer each', () => {
  test('expire even if the timers of earlier ones were lost', () => {
    const clock = new ManualClock()
    const deadlines = new Deadlines(durationMs, clock, false)
    const log: string[] = []
    note(deadlines.start(), 'lost', log, clock)
    clock.timers.length = 0
    clock.advance(500)
    note(deadlines.start(), 'kept', log, clock)
    clock.advance(10_000)
    expect(log).toEqual(['kept 1500 no answer within 1000 ms'])
  })

  test('stop their timer when the call is over', () => {
    const clock = new ManualClock()
    const deadline = new Deadlines(durationMs, clock, false).start()
    expect(clock.timers).toHaveLength(1)
    deadline.settle()
    expect(clock.timers).toEqual([])
  })
})

describe('Deadlines', () => {
  test('expire in the order in which they started, each at its own time', () => {
    const { clock, deadlines } = setUp()
    const log: string[] = []
    for (const name of ['a', 'b', 'c']) {
      note(deadlines.start(), name, log, clock)
      clock.advance(100)
    }
    clock.advance(699)
    expect(log).toEqual([])
    clock.advance(10_000)
    expect(log).toEqual([
      'a 1000 no answer within 1000 ms',
      'b 1100 no answer within 1000 ms',
      'c 1200 no answer within 1000 ms',
    ])
  })

  test('share one timer, however many there are', () => {
    const { clock, deadlines } = setUp()
    const running = Array.from({ length: 1000 }, () => deadlines.start())
    expect(clock.scheduled).toBe(1)
    for (const deadline of running) deadline.settle()
    for (let call = 0; call < 1000; call++) deadlines.start().settle()
    expect(clock.scheduled).toBe(1)
  })

  test('set no timer once all are settled and the current timer has fired', () => {
    const { clock, deadlines } = setUp()
    deadlines.start().settle()
    clock.advance(durationMs)
    expect(clock.timers).toEqual([])
    deadlines.start()
    expect(clock.scheduled).toBe(2)
  })

  test('keep the time of one that starts while the timer of an earlier, settled one runs', () => {
    const { clock, deadlines } = setUp()
    const log: string[] = []
    deadlines.start().settle()
    clock.advance(900)
    note(deadlines.start(), 'late', log, clock)
    clock.advance(999)
    expect(log).toEqual([])
    clock.advance(1)
    expect(log).toEqual(['late 1900 no answer within 1000 ms'])
  })

  test('settle at the head, in the middle and at the tail without an effect on the others', () => {
    const { clock, deadlines } = setUp()
    const log: string[] = []
    const started = ['a', 'b', 'c', 'd', 'e'].map((name) => {
      const deadline = deadlines.start()
      note(deadline, name, log, clock)
      return deadline
    })
    for (const index of [2, 0, 4]) started[index]?.settle()
    note(deadlines.start(), 'f', log, clock)
    clock.advance(durationMs)
    expect(log.map((line) => line[0])).toEqual(['b', 'd', 'f'])
  })

  test('settle twice without removing another one from the queue', () => {
    const { clock, deadlines } = setUp()
    const log: string[] = []
    const first = deadlines.start()
    first.settle()
    note(deadlines.start(), 'second', log, clock)
    first.settle()
    clock.advance(durationMs)
    expect(log).toEqual(['second 1000 no answer within 1000 ms'])
  })

  test('are idle at once when none runs, and otherwise when the last is settled or cancelled', async () => {
    const { clock, deadlines } = setUp()
    await deadlines.idle()
    const settled = deadlines.start()
    deadlines.start()
    const idle = vi.fn()
    const waiting = deadlines.idle().then(idle)
    settled.settle()
    await Promise.resolve()
    expect(idle).not.toHaveBeenCalled()
    clock.advance(durationMs)
    await waiting
    expect(idle).toHaveBeenCalledTimes(1)
  })

  test('use the system clock without keeping the process alive', () => {
    vi.useFakeTimers()
    const log: string[] = []
    const { setTimeout: startTimer } = globalThis
    let timer: NodeJS.Timeout | undefined
    // No spy: one that is restored after the real timers are would put the false function back.
    const setTimeout = (callback: () => void, ms: number): NodeJS.Timeout => (timer = startTimer(callback, ms))
    Object.assign(globalThis, { setTimeout })
    new Deadlines(durationMs).start().onCancel((reason) => log.push(briefly(reason)))
    expect(timer?.hasRef()).toBe(false)
    vi.advanceTimersByTime(durationMs + 1)
    expect(log).toEqual(['no answer within 1000 ms'])
  })
})

describe('Deadline', () => {
  test('does not expire after it has settled', () => {
    const { clock, deadlines } = setUp()
    const cancelled = vi.fn()
    const deadline = deadlines.start()
    deadline.onCancel(cancelled)
    const { signal } = deadline
    deadline.settle()
    clock.advance(10 * durationMs)
    expect(cancelled).not.toHaveBeenCalled()
    expect(signal.aborted).toBe(false)
  })

  test('gives the reason to its signal and to every listener, once', () => {
    const { clock, deadlines } = setUp()
    const deadline = deadlines.start()
    const first = vi.fn()
    const second = vi.fn()
    deadline.onCancel(first)
    deadline.onCancel(second)
    const { signal } = deadline
    clock.advance(durationMs)
    deadline.cancel(new Error('again'))
    expect(first.mock.calls).toEqual([[timedOut]])
    expect(second.mock.calls).toEqual([[timedOut]])
    expect(signal.reason).toBe(first.mock.calls[0]?.[0])
  })

  test('informs a late listener and a late signal at once', () => {
    const { clock, deadlines } = setUp()
    const deadline = deadlines.start()
    clock.advance(durationMs)
    const cancelled = vi.fn()
    deadline.onCancel(cancelled)
    expect(cancelled.mock.calls).toEqual([[timedOut]])
    expect(deadline.signal.aborted).toBe(true)
    expect(deadline.signal.reason).toEqual(timedOut)
  })

  test('gives the same signal each time', () => {
    const deadline = setUp().deadlines.start()
    expect(deadline.signal).toBe(deadline.signal)
  })

  test('is cancelled with the reason of its caller, without an effect on the others', () => {
    const { clock, deadlines } = setUp()
    const caller = new AbortController()
    const reason = new Error('gone')
    const log: string[] = []
    note(deadlines.start(caller.signal), 'aborted', log, clock)
    note(deadlines.start(), 'other', log, clock)
    caller.abort(reason)
    expect(log).toEqual(['aborted 0 gone'])
    clock.advance(durationMs)
    expect(log).toEqual(['aborted 0 gone', 'other 1000 no answer within 1000 ms'])
  })

  test('does not start for a caller that has already aborted', () => {
    const { clock, deadlines } = setUp()
    const reason = new Error('gone')
    expect(() => deadlines.start(AbortSignal.abort(reason))).toThrow(reason)
    expect(clock.scheduled).toBe(0)
  })

  test.each([
    ['settles', (deadline: Deadline) => deadline.settle()],
    ['is cancelled', (deadline: Deadline) => deadline.cancel(new Error('over'))],
  ])("removes its listener from the caller's signal when it %s", (_, end) => {
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    end(setUp().deadlines.start(signal))
    expect(added).toHaveBeenCalledTimes(1)
    const [type, listener] = added.mock.calls[0] as [string, () => void]
    expect(removed.mock.calls).toEqual([[type, listener]])
  })

  test('ignores a caller that aborts after it has settled', () => {
    const caller = new AbortController()
    const deadline = setUp().deadlines.start(caller.signal)
    const cancelled = vi.fn()
    deadline.onCancel(cancelled)
    deadline.settle()
    caller.abort()
    expect(cancelled).not.toHaveBeenCalled()
  })

  test('races a promise: returns its value or its failure when that comes first', async () => {
    const { deadlines } = setUp()
    const failure = new Error('failed')
    expect(await deadlines.start().race(Promise.resolve(1))).toBe(1)
    await expect(deadlines.start().race(Promise.reject(failure))).rejects.toBe(failure)
  })

  test('races a promise that never settles: rejects with the reason of the cancellation', async () => {
    const { clock, deadlines } = setUp()
    const raced = deadlines.start().race(new Promise(() => undefined))
    clock.advance(durationMs)
    await expect(raced).rejects.toEqual(timedOut)
  })

  test('races a promise that fails later, without an unhandled rejection', async () => {
    const { clock, deadlines } = setUp()
    const { promise, reject } = Promise.withResolvers<never>()
    const raced = deadlines.start().race(promise)
    clock.advance(durationMs)
    await expect(raced).rejects.toEqual(timedOut)
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    reject(new Error('too late'))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('informs an earlier listener when a race begins after it', async () => {
    const { clock, deadlines } = setUp()
    const deadline = deadlines.start()
    const earlier = vi.fn()
    deadline.onCancel(earlier)
    const raced = deadline.race(new Promise(() => undefined))
    clock.advance(durationMs)
    await expect(raced).rejects.toEqual(timedOut)
    expect(earlier.mock.calls).toEqual([[timedOut]])
  })
})
