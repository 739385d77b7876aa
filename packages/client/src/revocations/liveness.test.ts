import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { LivenessRecord } from './liveness.ts'

function createNoted(): LivenessRecord {
  const liveness = new LivenessRecord()
  liveness.noteKnown('cache', 4000, 2000, 'proven')
  return liveness
}

const SAID = { source: 'cache', ageSeconds: 4, boundSeconds: 2.02, bound: 'proven' }

test('JSON, a copy and an inspection have every member', () => {
  const liveness = createNoted()
  expect(JSON.parse(JSON.stringify(liveness))).toEqual(SAID)
  expect(Object.assign({}, liveness)).toEqual(SAID)
  expect(structuredClone(liveness)).toEqual(SAID)
  for (const [name, value] of Object.entries(SAID)) expect(inspect(liveness)).toContain(`${name}: ${inspect(value)}`)
})

test('a decision that comes later makes both times longer, the bound by one percent more', () => {
  const liveness = createNoted()
  liveness.wait(1000)
  expect(liveness.ageSeconds).toBe(5)
  expect(liveness.boundSeconds).toBeCloseTo(3.03)
})

test('nothing is known about a token that nobody was asked about', () => {
  expect(structuredClone(new LivenessRecord())).toEqual({
    source: 'unasked',
    ageSeconds: Number.POSITIVE_INFINITY,
    boundSeconds: Number.POSITIVE_INFINITY,
    bound: 'assumed',
  })
})
