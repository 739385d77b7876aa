/** Makes a failing history small: fewer steps, fewer faults, shorter delays (delta debugging). */
import type { History, Step, Way } from './history.ts'

/** @param fails - whether a history still fails. */
export function shrinkHistory(history: History, fails: (history: History) => boolean): History {
  let smallest = history
  const attempt = (candidate: History): boolean => {
    if (!fails(candidate)) return false
    smallest = candidate
    return true
  }
  for (let before: History | undefined; before !== smallest; ) {
    before = smallest
    for (let size = Math.ceil(smallest.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let from = smallest.steps.length - size; from >= 0; from -= size) {
        attempt({ ...smallest, steps: smallest.steps.toSpliced(from, size) })
      }
    }
    for (const [index] of smallest.steps.entries()) {
      for (let goesOn = true; goesOn; ) {
        const step = smallest.steps[index] as Step
        goesOn = simplerSteps(step).some((simpler) =>
          attempt({ ...smallest, steps: smallest.steps.with(index, simpler) }),
        )
      }
    }
    if (smallest.logOffsetMs !== 0) attempt({ ...smallest, logOffsetMs: 0 })
    if (smallest.isShared) attempt({ ...smallest, isShared: false })
    if (smallest.lease !== undefined) attempt({ ...smallest, lease: undefined })
    const exact = { wallRate: 1, monotonicRate: 1, offsetMs: 0 }
    for (const [index, machine] of smallest.machines.entries()) {
      const isExact = Object.entries(exact).every(([name, value]) => machine[name as keyof typeof exact] === value)
      if (!isExact) attempt({ ...smallest, machines: smallest.machines.with(index, exact) })
    }
  }
  return smallest
}

const DIRECT: Way = { node: 0, outMs: 0, workMs: 0, backMs: 0, isLost: false }

function simplerSteps(step: Step): Step[] {
  const simpler: Step[] = []
  const change = (changes: object): void => void simpler.push({ ...step, ...changes })
  for (const [name, value] of Object.entries(step)) {
    if (typeof value === 'number') for (const smaller of smallerNumbers(value)) change({ [name]: smaller })
    else if (name === 'way' || name === 'again') {
      for (const [part, inside] of Object.entries(value as Way)) {
        const direct = DIRECT[part as keyof Way]
        if (inside !== direct) change({ [name]: { ...(value as Way), [part]: direct } })
        if (typeof inside === 'number') {
          for (const smaller of smallerNumbers(inside)) change({ [name]: { ...(value as Way), [part]: smaller } })
        }
      }
    }
  }
  if (step.do === 'ask' && step.receipt !== undefined) change({ receipt: undefined })
  return simpler
}

/** Zero, half, and rounder ones. */
function smallerNumbers(value: number): number[] {
  const half = Math.trunc(value / 2)
  const candidates = [0, half, value - (value % 1000), value - (value % 100)]
  return [...new Set(candidates)].filter((candidate) => Math.abs(candidate) < Math.abs(value))
}
