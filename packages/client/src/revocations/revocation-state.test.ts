import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import { describe, expect, test } from 'vitest'
import { slotOf } from './key-slots.ts'
import { RevocationState } from './revocation-state.ts'

const KEYS = ['AAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBB', 'CCCCCCCCCCCCCCCC']

/** The event with a number in the log of a tag. */
function event(number: number, tag = 'a', key = KEYS[number % 3] ?? ''): RevocationEvent {
  return { position: `${number}.${tag}`, previous: `${number - 1}.${tag}`, at: 1, cut: null, kind: 'token', key }
}

function page(
  position: string,
  events: readonly RevocationEvent[] = [],
  rest: Partial<RevocationPage> = {},
): RevocationPage {
  return { position, events, gap: false, more: false, ...rest }
}

function createState(leaseMs = 30_000) {
  const time = { nowMs: 1_000_000, elapsedMs: 500 }
  const applied: number[] = []
  const state = new RevocationState({
    leaseMs,
    clock: { nowMs: () => time.nowMs, elapsedMs: () => time.elapsedMs },
    onApplied: (slot) => applied.push(slot),
  })
  const pass = (ms: number): void => {
    time.nowMs += ms
    time.elapsedMs += ms
  }
  return { state, time, pass, applied }
}

/** A state that has begun at position `0.a`. */
function createStarted(leaseMs?: number) {
  const created = createState(leaseMs)
  created.state.beginQuestion().answer(page('0.a'))
  return created
}

describe('a new client', () => {
  test('knows nothing', () => {
    const { state } = createState()
    expect(state.position).toBeUndefined()
    expect(state.beginReading()).toBeUndefined()
    expect(state.isWithinLease()).toBe(false)
    expect(state.append([event(1)])).toBe(false)
  })

  test('begins at the position of the first page, and knows as of the question', () => {
    const { state, pass } = createState()
    const question = state.beginQuestion()
    pass(400)
    expect(question.after).toBeUndefined()
    expect(question.answer(page('7.a'))).toBe('known')
    expect(state.beginReading()).toEqual({ position: '7.a', sequence: state.sequence })
    expect(state.knownMs()).toBe(400)
    expect(state.gaps).toBe(0)
  })
})

describe('events', () => {
  test('are applied in the order of their chain, once', () => {
    const { state, applied } = createStarted()
    const before = state.sequence
    expect(state.append([event(1), event(2)])).toBe(true)
    expect(state.append([event(1), event(2), event(3)])).toBe(true)
    expect(state.append([event(2), event(3)])).toBe(true)
    expect(state.position).toBe('3.a')
    expect(state.events).toBe(3)
    expect(applied).toEqual([1, 2, 3].map((number) => slotOf(event(number).key)))
    expect(state.wasTouched(slotOf(KEYS[1] ?? ''), before)).toBe(true)
    expect(state.wasTouched(slotOf(KEYS[0] ?? ''), state.sequence)).toBe(false)
  })

  test.each([
    ['a missing one', [event(2)]],
    ['one of another log', [{ ...event(1, 'b'), previous: '0.b' }]],
    ['a missing one in between', [event(1), event(3)]],
  ])('do not follow after %s', (_name, events) => {
    const { state } = createStarted()
    expect(state.append(events)).toBe(false)
    expect(state.sequenceOf(events.at(-1)?.position ?? '')).toBeUndefined()
  })
})

describe('a page', () => {
  test('counts only for the log that is applied', () => {
    const { state, pass } = createStarted()
    const question = state.beginQuestion()
    pass(10_000)
    // Meanwhile the log was replaced.
    state.beginQuestion().answer(page('5.b', [], { gap: true }))
    expect(question.answer(page('0.a'))).toBe('again')
    expect(question.answer(page('2.a', [event(1), event(2)]))).toBe('again')
    expect(state.position).toBe('5.b')
    expect(state.knownMs()).toBe(0)
  })

  test('counts when the stream was faster, as of its own question', () => {
    const { state, pass } = createStarted()
    const question = state.beginQuestion()
    pass(50)
    state.append([event(1), event(2), event(3)])
    expect(question.answer(page('2.a', [event(1), event(2)]))).toBe('known')
    expect(state.position).toBe('3.a')
    expect(state.knownMs()).toBe(50)
  })

  test('does not count without events when its end is not applied', () => {
    const { state, pass } = createStarted()
    pass(20_000)
    expect(state.beginQuestion().answer(page('9.a'))).toBe('again')
    expect(state.knownMs()).toBe(20_000)
  })

  test('with more behind it is applied, and renews nothing', () => {
    const { state, pass } = createStarted()
    pass(1000)
    expect(state.beginQuestion().answer(page('1.a', [event(1)], { more: true }))).toBe('again')
    expect(state.position).toBe('1.a')
    expect(state.knownMs()).toBe(1000)
  })

  test('of an earlier question never makes the knowledge older', () => {
    const { state, pass } = createStarted()
    const early = state.beginQuestion()
    pass(1000)
    state.beginQuestion().answer(page('0.a'))
    expect(early.answer(page('0.a'))).toBe('known')
    expect(state.knownMs()).toBe(0)
  })

  test('of a gap counts only for the position that was asked about', () => {
    const { state } = createStarted()
    const question = state.beginQuestion()
    state.append([event(1)])
    expect(question.answer(page('9.b', [], { gap: true }))).toBe('again')
    expect(state.position).toBe('1.a')
    expect(state.gaps).toBe(0)
  })
})

describe('a gap', () => {
  test('breaks what was read before, and forgets its positions', () => {
    const { state } = createStarted()
    state.append([event(1)])
    const { sequence } = state
    state.beginQuestion().answer(page('4.b', [], { gap: true }))
    expect(state.isUnbroken(sequence)).toBe(false)
    expect(state.isUnbroken(state.sequence)).toBe(true)
    expect(state.sequenceOf('1.a')).toBeUndefined()
    expect(state.sequenceOf('4.b')).toBe(state.sequence)
    expect(state.gaps).toBe(1)
  })
})

describe('the lease', () => {
  test('is over after its time by either clock', () => {
    const byDay = createStarted(30_000)
    byDay.time.nowMs += 30_000
    expect(byDay.state.isWithinLease()).toBe(false)
    const byTimer = createStarted(30_000)
    byTimer.time.elapsedMs += 30_000
    expect(byTimer.state.isWithinLease()).toBe(false)
    const before = createStarted(30_000)
    before.pass(29_702)
    expect(before.state.isWithinLease()).toBe(true)
  })

  test('counts one percent more than a clock shows', () => {
    const { state, pass } = createStarted(30_000)
    pass(29_703)
    expect(state.isWithinLease()).toBe(false)
  })

  test('is not longer when the clock is set back', () => {
    const { state, time } = createStarted(30_000)
    time.nowMs -= 3_600_000
    time.elapsedMs += 30_000
    expect(state.isWithinLease()).toBe(false)
  })
})

test('positions are remembered in a limited number, the latest ones surely', () => {
  const { state } = createStarted()
  for (let number = 1; number <= 20_000; number += 1) state.append([event(number)])
  expect(state.sequenceOf('20000.a')).toBe(state.sequence)
  expect(state.sequenceOf('12000.a')).toBeDefined()
  expect(state.sequenceOf('1.a')).toBeUndefined()
})
