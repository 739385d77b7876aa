import { parseRevocationPage, type RevocationPage } from '@token-introspection/core/revocations'
import { type HistoryState, type HistoryStep, revocationVectors } from '@token-introspection/testing'
import { describe, expect, test } from 'vitest'
import { slotOf } from '../../src/revocations/key-slots.ts'
import { type Reading, type RevocationQuestion, RevocationState } from '../../src/revocations/revocation-state.ts'

/** An answer that the follower remembers. */
interface Remembered {
  readonly name: string
  readonly slots: readonly number[]
  readonly sequence: number
  readonly isProven: boolean
}

describe('RevocationState', () => {
  test.each(revocationVectors.histories)('REV-10 knows what the vector says: $title', ({ lease, steps }) => {
    const replay = createReplay(lease)
    for (const step of steps) expect({ at: step.at, ...replay(step) }).toEqual({ at: step.at, ...step.then })
  })
})

/** Takes the steps of a history, and tells what the state knows after each. */
function createReplay(lease: number): (step: HistoryStep) => HistoryState {
  let nowMs = 0
  const clock = { nowMs: () => nowMs, elapsedMs: () => nowMs }
  const state = new RevocationState({ leaseMs: lease * 1000, clock })
  const questions = new Map<string, RevocationQuestion>()
  const readings = new Map<string, Reading | undefined>()
  const answers: Remembered[] = []

  function take({ ask, page, to = '', stream, after, send, answer, keys = [], readAt }: HistoryStep): void {
    if (ask !== undefined) questions.set(ask, state.beginQuestion())
    const question = questions.get(to)
    const arrived = page === undefined ? undefined : readGoodPage(page, question?.after)
    if (arrived !== undefined) question?.answer(arrived)
    const heard = stream === undefined ? undefined : readGoodPage(stream, after)
    if (heard !== undefined && !heard.gap) state.append(heard.events)
    if (send !== undefined) readings.set(send, state.beginReading())
    if (answer !== undefined) {
      const reading = readings.get(answer)
      const isProven = keys.length > 0 && reading !== undefined && reading.position === readAt
      answers.push({ name: answer, slots: keys.map(slotOf), sequence: reading?.sequence ?? 0, isProven })
    }
  }

  const isVoid = ({ slots, sequence }: Remembered): boolean => slots.some((slot) => state.wasTouched(slot, sequence))
  const isProven = (answer: Remembered): boolean =>
    answer.isProven && !isVoid(answer) && state.isUnbroken(answer.sequence)

  return (step) => {
    nowMs = step.at * 1000
    take(step)
    return {
      applied: state.position ?? null,
      knownAsOf: Number.isFinite(state.knownAsOf.elapsedMs) ? state.knownAsOf.elapsedMs / 1000 : null,
      leased: state.isWithinLease(),
      gaps: state.gaps,
      void: answers.filter(isVoid).map(({ name }) => name),
      proven: answers.filter(isProven).map(({ name }) => name),
    }
  }
}

/** The page, if a follower accepts it. */
function readGoodPage(page: unknown, after: string | undefined): RevocationPage | undefined {
  try {
    return parseRevocationPage(page, after)
  } catch {
    return undefined
  }
}
