import { describe, expect, test } from 'vitest'
import { ResponseMalformedError } from '../errors.ts'
import { EventlessOctets } from './eventless-octets.ts'

const ALLOWED = 2_097_152

/** Octets of a stream, by a clock that the test moves. */
function count() {
  const clock = { nowMs: 1_764_000_000_000 }
  return { clock, octets: new EventlessOctets(() => clock.nowMs) }
}

describe('EventlessOctets', () => {
  test('allows two of the largest pages within a minute, and nothing more', () => {
    const { clock, octets } = count()
    octets.add(ALLOWED - 1)
    clock.nowMs += 59_999
    octets.add(1)
    expect(() => octets.add(1)).toThrow(ResponseMalformedError)
  })

  test('begins again after a minute, and after an event', () => {
    const { clock, octets } = count()
    octets.add(ALLOWED)
    clock.nowMs += 60_000
    octets.add(ALLOWED)
    octets.restart()
    octets.add(ALLOWED)
    expect(() => octets.add(1)).toThrow(ResponseMalformedError)
  })

  test('allows the signs of life of a day', () => {
    const { clock, octets } = count()
    for (let seconds = 0; seconds < 86_400; seconds += 1) {
      octets.add(16)
      clock.nowMs += 1000
    }
  })

  test('begins again when the clock is set back', () => {
    const { clock, octets } = count()
    octets.add(ALLOWED)
    clock.nowMs -= 3_600_000
    octets.add(ALLOWED)
    expect(() => octets.add(1)).toThrow(ResponseMalformedError)
  })
})
