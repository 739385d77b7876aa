/**
 * No client accepts a token later than it says, in 100,000 histories of clients, servers, a network and users. `pnpm model`
 * runs any number. What is simulated: docs/decisions/2026-11-30-revocation-model.md.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { MUTATIONS } from './mutations.ts'
import { describeFailure, findFailure } from './run-histories.ts'
import type { Parts } from './parts.ts'
import { createTally } from './tally.ts'
import { naiveParts, realParts } from './sound-parts.ts'

const SEED = 12
const HISTORIES = 100_000
/** How many histories are run in one go. */
const BATCH = 10_000

function failureOf(parts: Parts, from: number, to: number, tally = createTally()): string | undefined {
  const failure = findFailure(parts, { seed: SEED, from, to }, tally)
  return failure && describeFailure(failure, parts)
}

describe('in every history', () => {
  const tally = createTally()

  test.each(Array.from({ length: HISTORIES / BATCH }, (_, batch) => batch * BATCH))(
    'from %i on no decision is older than it says, and no notOlderThan is broken',
    (from) => {
      expect(failureOf(realParts(), from, from + BATCH, tally)).toBeUndefined()
    },
  )

  // A client that accepts nothing would pass.
  afterAll(() => {
    expect(tally.accepted).toBeGreaterThan(5 * HISTORIES)
    expect(tally.proven).toBeGreaterThan(2 * HISTORIES)
    expect(tally.extended).toBeGreaterThan(HISTORIES / 2)
    expect(tally.gaps).toBeGreaterThan(HISTORIES / 2)
    expect(tally.joined).toBeGreaterThan(HISTORIES)
    expect(tally.named).toBeGreaterThan(HISTORIES / 10)
    expect(tally.voidOnArrival).toBeGreaterThan(HISTORIES / 10)
  })
})

test('the rules hold in their plainest form as well', () => {
  expect(failureOf(naiveParts(), 0, BATCH)).toBeUndefined()
})

describe('without one of the rules a decision is too late', () => {
  test.each(MUTATIONS.map(({ name, parts, within }) => [name, parts, within] as const))('if %s', (_, parts, within) => {
    expect(findFailure(parts, { seed: SEED, from: 0, to: within })).toBeDefined()
  })
})
