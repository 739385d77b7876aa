import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CircuitBreaker, type CircuitState } from './circuit-breaker.ts'

function createCircuit(
  limits: { failures?: number; windowMs?: number; openMs?: number; maxOpenMs?: number; random?: () => number } = {},
) {
  const clock = { ms: 1000 }
  const changes: [CircuitState, number][] = []
  const circuit = new CircuitBreaker({
    failures: 3,
    windowMs: 0,
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

function failFor(circuit: CircuitBreaker, ...tokens: string[]): void {
  for (const token of tokens) circuit.settle(circuit.admit(token), 'failed', token)
}

describe('CircuitBreaker', () => {
  test('opens after several failures, and says for how long', () => {
    const { circuit, changes } = createCircuit()
    fail(circuit, 2)
    expect(circuit.state).toBe('closed')
    fail(circuit, 1)
    expect(circuit.state).toBe('open')
    expect(changes).toEqual([['open', 500]])
    expect(() => circuit.admit()).toThrow(isOpen)
    expect(() => circuit.check()).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }))
  })

  test('counts a token once, however often it fails', () => {
    const { circuit } = createCircuit()
    for (let count = 0; count < 50; count++) failFor(circuit, 'odd', 'strange')
    expect(circuit.state).toBe('closed')
    failFor(circuit, 'third')
    expect(circuit.state).toBe('open')
  })

  test('does not open while there are recent answers, however many tokens fail', () => {
    const { circuit, clock } = createCircuit({ windowMs: 5000 })
    for (let count = 0; count < 1000; count++) {
      failFor(circuit, `odd-${count}`)
      clock.ms += 20
      // Ten answers a second beside fifty failures.
      if (count % 5 === 0) circuit.answered(clock.ms)
    }
    expect(circuit.state).toBe('closed')
  })

  test('opens when the window had no answer; the window begins with the first request', () => {
    const { circuit, clock } = createCircuit({ windowMs: 5000 })
    failFor(circuit, 'a', 'b', 'c', 'd')
    expect(circuit.state).toBe('closed')
    clock.ms += 4999
    failFor(circuit, 'e')
    expect(circuit.state).toBe('closed')
    clock.ms += 1
    failFor(circuit, 'e')
    expect(circuit.state).toBe('open')
  })

  test('tries another token than the one that failed', () => {
    const { circuit, clock } = createCircuit()
    failFor(circuit, 'a', 'b', 'c')
    clock.ms += 500
    failFor(circuit, 'odd')
    // The second opening lasts 1000 ms, and for the failed token 1000 ms more.
    clock.ms += 1000
    expect(() => circuit.admit('odd')).toThrow(isOpen)
    expect(() => circuit.check('good')).not.toThrow()
    clock.ms += 999
    expect(() => circuit.admit('odd')).toThrow(isOpen)
    clock.ms += 1
    // Without another token, the failed one may be tried again.
    failFor(circuit, 'odd')
    clock.ms += 2000
    expect(() => circuit.admit('odd')).toThrow(isOpen)
    circuit.admit('good')
    circuit.answered(clock.ms)
    expect(circuit.state).toBe('closed')
  })

  test('starts counting again after every answer', () => {
    const { circuit, clock } = createCircuit()
    fail(circuit, 2)
    circuit.answered(clock.ms)
    fail(circuit, 2)
    expect(circuit.state).toBe('closed')
  })

  test('does not count abandoned requests', () => {
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
    circuit.admit()
    expect(circuit.state).toBe('half_open')
    expect(() => circuit.admit()).toThrow(isOpen)
    expect(() => circuit.check()).toThrow(isOpen)
    circuit.answered(clock.ms)
    expect(circuit.state).toBe('closed')
    expect(changes.map(([state]) => state)).toEqual(['open', 'half_open', 'closed'])
  })

  test('stays open twice as long each time the one request fails, up to the limit', () => {
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
    circuit.answered(clock.ms)
    fail(circuit, 3)
    expect(changes.at(-1)).toEqual(['open', 500])
  })

  test('lets another request try when the one request was abandoned', () => {
    const { circuit, clock } = createCircuit()
    fail(circuit, 3)
    clock.ms += 500
    circuit.settle(circuit.admit(), 'abandoned')
    expect(circuit.state).toBe('open')
    circuit.answered(clock.ms)
    expect(circuit.state).toBe('closed')
  })

  test('gives up a request that ended silently, as in a worker whose caller has left', () => {
    const { circuit, clock } = createCircuit()
    fail(circuit, 3)
    clock.ms += 500
    const lost = circuit.admit()
    clock.ms += 119_999
    expect(() => circuit.admit()).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }))
    clock.ms += 1
    circuit.admit()
    circuit.settle(lost, 'failed')
    expect(circuit.state).toBe('half_open')
    circuit.answered(clock.ms)
    expect(circuit.state).toBe('closed')
  })

  test('stays open as long as Retry-After says, up to the limit, but does not open because of it', () => {
    const { circuit, clock, changes } = createCircuit()
    circuit.settle(circuit.admit(), 'failed', 'a', 3)
    circuit.settle(circuit.admit(), 'failed', 'b', 3)
    expect(changes).toEqual([])
    circuit.settle(circuit.admit(), 'failed', 'c', 3)
    expect(changes).toEqual([['open', 3000]])
    expect(() => circuit.admit()).toThrow(expect.objectContaining({ retryAfterSeconds: 3 }))
    clock.ms += 3000
    circuit.settle(circuit.admit(), 'failed', 'd', 3600)
    expect(changes.at(-1)).toEqual(['open', 4000])
  })

  test('ignores failures of requests from before a change, but not their answers', () => {
    const { circuit, clock } = createCircuit()
    const early = circuit.admit()
    fail(circuit, 3)
    clock.ms += 500
    circuit.admit()
    circuit.settle(early, 'failed')
    expect(circuit.state).toBe('half_open')
    circuit.answered(clock.ms)
    expect(circuit.state).toBe('closed')
    fail(circuit, 3)
    circuit.answered(clock.ms)
    expect(circuit.state).toBe('closed')
  })

  test('does not stay open equally long in every process', () => {
    const { circuit, changes } = createCircuit({ random: () => 0.999 })
    fail(circuit, 3)
    expect(changes[0]?.[1]).toBeCloseTo(625, 0)
  })

  test('never lets two requests through while it is not closed, and never stays open, for any order of events', () => {
    const events = fc.array(
      fc.oneof(
        fc.constant({ kind: 'admit' as const }),
        fc.record({
          kind: fc.constant('settle' as const),
          index: fc.nat(5),
          outcome: fc.constantFrom('answered' as const, 'failed' as const, 'abandoned' as const),
          token: fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined }),
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
            if (settled === undefined) continue
            if (event.outcome === 'answered') circuit.answered(clock.ms)
            else circuit.settle(settled.attempt, event.outcome, event.token, event.retryAfter)
          }
        }
        for (const { attempt } of underWay) circuit.settle(attempt, 'abandoned')
        underWay = []
        clock.ms += 4000
        circuit.answered(clock.ms)
        expect(circuit.state).toBe('closed')
      }),
      { numRuns: 500 },
    )
  })
})
