import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CircuitBreaker, type CircuitState } from './circuit-breaker.ts'

function createCircuit(limits: { failures?: number; openMs?: number; maxOpenMs?: number; random?: () => number } = {}) {
  const clock = { ms: 1000 }
  const changes: [CircuitState, number][] = []
  const circuit = new CircuitBreaker({
    failures: 3,
    openMs: 500,
    maxOpenMs: 4000,
    random: () => 0,
    ...limits,
    nowMs: () => clock.ms,
    onChange: (state, openMs) => changes.push([state, openMs]),
  })
  return { circuit, clock, changes }
}

const isOpen = expect.objectContaining({ code: 'ERR_TRANSPORT_CIRCUIT_OPEN', retryable: true }) as Error

function fail(circuit: CircuitBreaker, times: number): void {
  for (let count = 0; count < times; count++) circuit.settle(circuit.admit(), 'failed')
}

describe('CircuitBreaker', () => {
  test('opens after failures in a row, and says for how long', () => {
    const { circuit, changes } = createCircuit()
    fail(circuit, 2)
    expect(circuit.state).toBe('closed')
    fail(circuit, 1)
    expect(circuit.state).toBe('open')
    expect(changes).toEqual([['open', 500]])
    expect(() => circuit.admit()).toThrow(isOpen)
    expect(() => circuit.check()).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }))
  })

  test('begins to count anew with every answer', () => {
    const { circuit } = createCircuit()
    fail(circuit, 2)
    circuit.settle(circuit.admit(), 'answered')
    fail(circuit, 2)
    expect(circuit.state).toBe('closed')
  })

  test('does not count requests that were abandoned', () => {
    const { circuit } = createCircuit()
    for (let count = 0; count < 10; count++) circuit.settle(circuit.admit(), 'abandoned')
    fail(circuit, 2)
    circuit.settle(circuit.admit(), 'abandoned')
    fail(circuit, 1)
    expect(circuit.state).toBe('open')
  })

  test('lets one request through when the time is over, and no second one beside it', () => {
    const { circuit, clock, changes } = createCircuit()
    fail(circuit, 3)
    clock.ms += 499
    expect(() => circuit.admit()).toThrow(isOpen)
    clock.ms += 1
    expect(() => circuit.check()).not.toThrow()
    const probe = circuit.admit()
    expect(circuit.state).toBe('half_open')
    expect(() => circuit.admit()).toThrow(isOpen)
    expect(() => circuit.check()).toThrow(isOpen)
    circuit.settle(probe, 'answered')
    expect(circuit.state).toBe('closed')
    expect(changes.map(([state]) => state)).toEqual(['open', 'half_open', 'closed'])
  })

  test('stays open twice as long each time the one request fails, up to the longest', () => {
    const { circuit, clock, changes } = createCircuit()
    fail(circuit, 3)
    for (let count = 0; count < 5; count++) {
      clock.ms += 4000
      fail(circuit, 1)
    }
    expect(changes.filter(([state]) => state === 'open').map(([, openMs]) => openMs)).toEqual([
      500, 1000, 2000, 4000, 4000, 4000,
    ])
    clock.ms += 4000
    circuit.settle(circuit.admit(), 'answered')
    fail(circuit, 3)
    expect(changes.at(-1)).toEqual(['open', 500])
  })

  test('lets another one try when the one request was abandoned', () => {
    const { circuit, clock } = createCircuit()
    fail(circuit, 3)
    clock.ms += 500
    circuit.settle(circuit.admit(), 'abandoned')
    expect(circuit.state).toBe('open')
    circuit.settle(circuit.admit(), 'answered')
    expect(circuit.state).toBe('closed')
  })

  test('gives up a request that ended without a word, as one does in a worker whose caller has left', () => {
    const { circuit, clock } = createCircuit()
    fail(circuit, 3)
    clock.ms += 500
    const lost = circuit.admit()
    clock.ms += 59_999
    expect(() => circuit.admit()).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }))
    clock.ms += 1
    const next = circuit.admit()
    circuit.settle(lost, 'failed')
    expect(circuit.state).toBe('half_open')
    circuit.settle(next, 'answered')
    expect(circuit.state).toBe('closed')
  })

  test('opens at once for as long as the server asks, within the longest', () => {
    const { circuit, clock, changes } = createCircuit()
    circuit.settle(circuit.admit(), 'failed', 3)
    expect(changes).toEqual([['open', 3000]])
    expect(() => circuit.admit()).toThrow(expect.objectContaining({ retryAfterSeconds: 3 }))
    clock.ms += 3000
    circuit.settle(circuit.admit(), 'failed', 3600)
    expect(changes.at(-1)).toEqual(['open', 4000])
  })

  test('takes a Retry-After of nothing for any other failure', () => {
    const { circuit } = createCircuit()
    circuit.settle(circuit.admit(), 'failed', 0)
    expect(circuit.state).toBe('closed')
  })

  test('does not listen to what was sent before it changed', () => {
    const { circuit, clock } = createCircuit()
    const early = circuit.admit()
    const alsoEarly = circuit.admit()
    fail(circuit, 3)
    circuit.settle(early, 'answered')
    expect(circuit.state).toBe('open')
    clock.ms += 500
    const probe = circuit.admit()
    circuit.settle(alsoEarly, 'failed')
    expect(circuit.state).toBe('half_open')
    circuit.settle(probe, 'answered')
    expect(circuit.state).toBe('closed')
  })

  test('is not open equally long in every process', () => {
    const { circuit, changes } = createCircuit({ random: () => 0.999 })
    fail(circuit, 3)
    expect(changes[0]?.[1]).toBeCloseTo(625, 0)
  })

  test('never lets two requests through unless it is closed, and never stays shut, in any order of events', () => {
    const events = fc.array(
      fc.oneof(
        fc.constant({ kind: 'admit' as const }),
        fc.record({
          kind: fc.constant('settle' as const),
          index: fc.nat(5),
          outcome: fc.constantFrom('answered' as const, 'failed' as const, 'abandoned' as const),
          retryAfter: fc.option(fc.nat(10), { nil: undefined }),
        }),
        fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(2000) }),
      ),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(events, (list) => {
        const { circuit, clock } = createCircuit()
        let underWay: { attempt: number; probe: boolean }[] = []
        for (const event of list) {
          if (event.kind === 'wait') clock.ms += event.ms
          else if (event.kind === 'admit') {
            const before = circuit.state
            try {
              const attempt = circuit.admit()
              if (before !== 'closed') expect(underWay.some(({ probe }) => probe)).toBe(false)
              underWay.push({ attempt, probe: before !== 'closed' })
            } catch {
              expect(before).not.toBe('closed')
            }
          } else {
            const [settled] = underWay.splice(event.index, 1)
            if (settled !== undefined) circuit.settle(settled.attempt, event.outcome, event.retryAfter)
          }
        }
        for (const { attempt } of underWay) circuit.settle(attempt, 'abandoned')
        underWay = []
        clock.ms += 4000
        circuit.settle(circuit.admit(), 'answered')
        expect(circuit.state).toBe('closed')
      }),
      { numRuns: 500 },
    )
  })
})
