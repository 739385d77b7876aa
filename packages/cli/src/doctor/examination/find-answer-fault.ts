/** Finds out why the client cannot use an answer. */
import { type CheckFailed, isIntrospectionError } from '@token-introspection/client'
import { JWT_INTROSPECTION_MEDIA_TYPE, parseMediaType } from '@token-introspection/core'
import type { Fault } from '../diagnosis.ts'
import { answerFaults as faults } from '../faults/answer-faults.ts'
import type { Patient } from '../patient/patient.ts'
import { findClockFault } from './find-clock-fault.ts'
import { lastQuestion } from './questions.ts'
import { activeIn, jsonOf } from './read-answer.ts'

/** The fault, if the check failed at the answer or at the keys. */
export function findAnswerFault({ step, error }: CheckFailed, patient: Patient): Fault | undefined {
  if (step === 'keys') return findClockFault(patient) ?? faults.keysMissing(error.message)
  const asked = lastQuestion(patient)
  const answer = asked?.answer
  if (asked === undefined || answer === undefined || answer.status !== 200) return undefined
  const { url } = asked.request
  if (patient.wantsSignedAnswers && jsonOf(answer) !== undefined) return faults.downgraded(url)
  const mediaType = parseMediaType(answer.headers['content-type'])
  if (!patient.wantsSignedAnswers && (mediaType === JWT_INTROSPECTION_MEDIA_TYPE || mediaType === 'application/jwt')) {
    return faults.signedUnasked(url)
  }
  if (activeIn(answer) === true) return faults.alwaysActive(url)
  if (isIntrospectionError(error) && error.code === 'ERR_RESPONSE_MALFORMED') return faults.malformed(error.message)
  return findClockFault(patient)
}
