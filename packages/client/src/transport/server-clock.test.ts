import { describe, expect, test } from 'vitest'
import { type ClockReport, clockDifference, ServerClock } from './server-clock.ts'
import type { TransportReply } from './transport.ts'

const NOW_MS = 1_764_000_000_000

/** An answer with these header fields. */
function replyWith(fields: Readonly<Record<string, string>>): TransportReply {
  return { status: 200, header: (name) => fields[name], body: new Uint8Array() }
}

function dated(aheadMs: number, fields: Readonly<Record<string, string>> = {}): TransportReply {
  return replyWith({ date: new Date(NOW_MS + aheadMs).toUTCString(), ...fields })
}

describe('clockDifference', () => {
  test.each<[string, TransportReply, number, number | undefined]>([
    ['the same clock', dated(0), 0, 0],
    ['a clock that is ahead', dated(97_000), 0, 97],
    ['a clock that is behind, less the fraction that the date does not have', dated(-97_000), 0, -96],
    ['a date of the same second', dated(-1000), 0, 0],
    ['a date from during the request', dated(3000), 3000, 0],
    ['an answer that took as long as the clock seems to be ahead', dated(97_000), 97_000, 0],
    ['an answer from a cache', dated(-97_000, { age: '97' }), 0, undefined],
    ['an answer without a date', replyWith({}), 0, undefined],
    ['text that is no date', replyWith({ date: '-5' }), 0, undefined],
    ['a clock that was set back during the request', dated(0), -5000, undefined],
  ])('of %s', (_, reply, tookMs, seconds) => {
    expect(clockDifference(reply, NOW_MS, NOW_MS + tookMs)).toBe(seconds)
  })
})

function create() {
  const state = { nowMs: NOW_MS, reports: [] as ClockReport[] }
  const clock = new ServerClock({
    nowMs: () => state.nowMs,
    toleranceSeconds: 10,
    report: (told) => void state.reports.push(told),
  })
  /** Compares the clocks, after so much time. */
  const compare = (
    aheadMs: number | undefined,
    { afterMs = 10_000, iat = undefined as number | undefined } = {},
  ): boolean => {
    state.nowMs += afterMs
    const comparison = clock.begin()
    const date = aheadMs === undefined ? {} : { date: new Date(state.nowMs + aheadMs).toUTCString() }
    comparison?.compareReply(replyWith(date))
    comparison?.compareIssued(iat === undefined ? undefined : state.nowMs / 1000 + iat)
    return comparison !== undefined
  }
  return { state, compare }
}

describe('ServerClock', () => {
  test('reports a difference once, when two comparisons in succession show it', () => {
    const { state, compare } = create()
    for (const _ of [1, 2, 3, 4]) compare(97_000)
    expect(state.reports).toMatchObject([{ differenceSeconds: 97, evidence: 'date' }])
    expect(state.reports[0]?.message).toContain('97 s ahead of the clock of this resource server')
  })

  test('reports a server that is behind', () => {
    const { state, compare } = create()
    for (const _ of [1, 2]) compare(-97_000)
    expect(state.reports).toMatchObject([{ differenceSeconds: -96 }])
    expect(state.reports[0]?.message).toContain('96 s behind')
  })

  test.each([
    ['a single answer', [97_000, 0, 97_000, 0]],
    ['answers that contradict each other', [97_000, -97_000, 97_000, -97_000]],
    ['a difference within the tolerance', [10_000, 10_000, -11_000, -11_000]],
    ['answers without a date', [undefined, undefined]],
  ])('does not report %s', (_, all) => {
    const { state, compare } = create()
    for (const aheadMs of all) compare(aheadMs)
    expect(state.reports).toEqual([])
  })

  test('reports the next difference after the clocks agreed', () => {
    const { state, compare } = create()
    for (const aheadMs of [97_000, 97_000, 0, 50_000, 50_000]) compare(aheadMs)
    expect(state.reports.map(({ differenceSeconds }) => differenceSeconds)).toEqual([97, 50])
  })

  test('compares every ten seconds, at once after a suspicion, and again after the clock was set back', () => {
    const { compare } = create()
    expect(compare(0)).toBe(true)
    expect(compare(0, { afterMs: 9999 })).toBe(false)
    expect(compare(97_000, { afterMs: 1 })).toBe(true)
    expect(compare(97_000, { afterMs: 1 })).toBe(true)
    expect(compare(97_000, { afterMs: 1 })).toBe(false)
    expect(compare(97_000, { afterMs: -5000 })).toBe(true)
  })

  test('takes a token from the future as evidence, but only without a date', () => {
    const { state, compare } = create()
    for (const _ of [1, 2]) compare(0, { iat: 97 })
    compare(undefined, { iat: 97 })
    compare(0)
    for (const _ of [1, 2]) compare(undefined, { iat: -97 })
    expect(state.reports).toEqual([])
    for (const _ of [1, 2]) compare(undefined, { iat: 97 })
    expect(state.reports).toMatchObject([{ differenceSeconds: 97, evidence: 'iat' }])
  })
})
