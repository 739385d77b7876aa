import { describe, expect, test } from 'vitest'
import { createFaultReporter, type JwtReport } from './jwt-fault.ts'

const now = 1_764_000_000_000

describe('createFaultReporter', () => {
  test('reports each fault once a minute', () => {
    const told: JwtReport[] = []
    let nowMs = now
    const report = createFaultReporter(
      (each) => void told.push(each),
      () => nowMs,
    )
    for (const fault of ['type', 'type', 'opaque', 'type'] as const) report(fault)
    expect(told.map(({ reason }) => reason)).toEqual(['type', 'opaque'])
    nowMs += 60_000
    report('type')
    expect(told).toHaveLength(3)
    expect(told[0]?.message).toContain('jwt.types')
  })

  test('reports again after the clock was set back', () => {
    const told: JwtReport[] = []
    let nowMs = now
    const report = createFaultReporter(
      (each) => void told.push(each),
      () => nowMs,
    )
    report('issuer')
    nowMs -= 3_600_000
    report('issuer')
    expect(told).toHaveLength(2)
  })
})
