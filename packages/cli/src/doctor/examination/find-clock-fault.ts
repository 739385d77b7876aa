/** Compares the clock of this machine with the `Date` field of an answer. */
import type { Fault } from '../diagnosis.ts'
import { answerFaults } from '../faults/answer-faults.ts'
import type { Patient } from '../patient/patient.ts'
import { lastQuestion } from './questions.ts'

/** Smaller differences come from slow answers and from seconds that are cut off. */
const TOLERATED_SECONDS = 30

/** The fault, if the two clocks differ. */
export function findClockFault(patient: Patient): Fault | undefined {
  // Answers to questions about tokens are not cached, so their date is that of now. Metadata may be old.
  const asked = lastQuestion(patient)
  const { date, age } = asked?.answer?.headers ?? {}
  if (asked === undefined || date === undefined || age !== undefined) return undefined
  const seconds = Date.parse(date) / 1000
  const ahead = Math.round(patient.now() / 1000 - seconds)
  if (Number.isNaN(seconds) || Math.abs(ahead) <= TOLERATED_SECONDS) return undefined
  return answerFaults.clockOff(asked.request.url, date, ahead)
}
