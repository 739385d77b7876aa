import type { RevocationEvent, RevocationKind } from '@token-introspection/core/revocations'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ISSUED_LATE_SECONDS, RevokedKeys } from './revoked-keys.ts'

const NEVER = Number.NEGATIVE_INFINITY
const FOREVER = Number.POSITIVE_INFINITY
const NOW = 1_764_000_000
const LIFETIME_MS = 10_000

function event(key: string, changes: Partial<RevocationEvent> = {}): RevocationEvent {
  return { position: '2.b', previous: '1.a', at: NOW, cut: null, kind: 'token', key, ...changes }
}

function create(maxKeys = 1000) {
  const passed = { elapsedMs: 0, full: 0 }
  const keys = new RevokedKeys({
    maxKeys,
    lifetimeMs: LIFETIME_MS,
    elapsedMs: () => passed.elapsedMs,
    onFull: () => (passed.full += 1),
  })
  return { keys, passed }
}

describe('revoked keys', () => {
  test.each([
    ['for good', [null], FOREVER],
    ['up to a moment', [7], 7],
    ['up to the later of two moments', [7, 5], 7],
    ['for good after a moment', [7, null], FOREVER],
    ['for good before a moment', [null, 7], FOREVER],
  ] as const)('are revoked %s', (_, cuts, until) => {
    const { keys } = create()
    for (const cut of cuts) keys.add(event('a', { cut, kind: 'subject' }))
    expect([keys.cutOf('a'), keys.cutOf('b')]).toEqual([until, NEVER])
  })

  test('are none of grants, which no JWT names', () => {
    const { keys } = create()
    keys.add(event('a', { kind: 'grant' }))
    expect([keys.size, keys.cutOf('a')]).toEqual([0, NEVER])
  })

  test('are kept for a lifetime, and at most for two while events come', () => {
    const { keys, passed } = create()
    keys.add(event('a', { at: NOW + 5 }))
    passed.elapsedMs = LIFETIME_MS - 1
    keys.add(event('b'))
    expect(keys.cutOf('a')).toBe(FOREVER)
    passed.elapsedMs = LIFETIME_MS
    keys.add(event('c'))
    expect([keys.cutOf('a'), keys.forgottenUntil]).toEqual([FOREVER, NEVER])
    passed.elapsedMs = 2 * LIFETIME_MS
    keys.add(event('d'))
    expect([keys.cutOf('a'), keys.cutOf('b'), keys.cutOf('c')]).toEqual([NEVER, NEVER, FOREVER])
    // What was forgotten in its time is told by its moment, and is no overflow.
    expect([keys.forgottenUntil, passed.full]).toEqual([NOW + 5, 0])
  })

  test('keep the later cut when a key of the earlier generation is named again', () => {
    const { keys, passed } = create()
    keys.add(event('a', { kind: 'session' }))
    passed.elapsedMs = LIFETIME_MS
    keys.add(event('a', { kind: 'session', cut: 5 }))
    passed.elapsedMs = 2 * LIFETIME_MS
    keys.add(event('b'))
    expect(keys.cutOf('a')).toBe(FOREVER)
  })

  test.each<[string, Partial<RevocationEvent>, number]>([
    ['a token', { kind: 'token' }, NOW],
    ['a user with a cut', { kind: 'subject', cut: NOW + 3 }, NOW + 3],
    ['a session that ends for good', { kind: 'session' }, NOW + ISSUED_LATE_SECONDS],
  ])('are forgotten when there are too many: %s, and that is told', (_, changes, until) => {
    const { keys, passed } = create(4)
    keys.add(event('first', changes))
    for (const key of ['b', 'c', 'd']) keys.add(event(key, { at: 1 }))
    expect([keys.size, keys.forgottenUntil, passed.full]).toEqual([4, NEVER, 0])
    keys.add(event('e', { at: 1 }))
    expect([keys.cutOf('first'), keys.forgottenUntil, passed.full]).toEqual([NEVER, until, 1])
  })
})

test('a token that an event ends is known, or is from before what was forgotten, in every order of events and times', () => {
  const kinds: readonly RevocationKind[] = ['token', 'session', 'subject', 'client']
  const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const step = fc.record({
    key: fc.constantFrom(...KEYS),
    kind: fc.constantFrom(...kinds),
    cut: fc.option(fc.integer({ min: 0, max: 30 })),
    waitSeconds: fc.integer({ min: 0, max: 8 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 2, max: 12 }), (steps, maxKeys) => {
      const { keys, passed } = create(maxKeys)
      const added: RevocationEvent[] = []
      let at = 0
      for (const { key, kind, cut, waitSeconds } of steps) {
        at += waitSeconds
        passed.elapsedMs += waitSeconds * 1000
        // A cut is not later than the revocation.
        const one = event(key, { at, kind, cut: cut === null ? null : Math.min(cut, at) })
        added.push(one)
        keys.add(one)
        expect(keys.size).toBeLessThanOrEqual(maxKeys + 1)
        for (const past of added) {
          // The latest token that the event ends, except for those that are issued late.
          const issuedAt = past.cut ?? past.at
          const isKnown = keys.cutOf(past.key) >= issuedAt
          expect(isKnown || issuedAt <= keys.forgottenUntil).toBe(true)
          const isYoung = at - past.at < LIFETIME_MS / 1000
          if (isYoung && passed.full === 0) expect(isKnown).toBe(true)
        }
      }
      const known = new Set(added.map(({ key }) => key))
      for (const key of KEYS) if (!known.has(key)) expect(keys.cutOf(key)).toBe(NEVER)
    }),
    { numRuns: 500 },
  )
})
