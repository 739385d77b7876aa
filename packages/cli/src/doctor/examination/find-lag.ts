/** Asks again about a token, because the processes of a server may disagree after a revocation. */
import type { SentRequest } from '../../connection/exchange.ts'
import type { Fault } from '../diagnosis.ts'
import { tokenFaults as faults } from '../faults/token-faults.ts'
import type { Patient } from '../patient/patient.ts'
import { lastQuestion, parametersOf, vary } from './questions.ts'
import { activeIn } from './read-answer.ts'

/** Further questions about a token that should be good. */
const FURTHER = 2
/** Further questions about a token that was revoked, and the milliseconds between them. */
const FURTHER_AFTER_REVOCATION = 8
const PAUSE_MS = 150

/** The fault, if answers to the same question differ, or a revoked token stays active. */
export async function findLag(token: string, patient: Patient): Promise<Fault | undefined> {
  const { isRevoked, now, pause } = patient
  const asked = lastQuestion(patient)
  // Signed answers are not verified here, so they say nothing.
  const isActive = asked !== undefined && isAbout(token, asked.request) ? activeIn(asked.answer) : undefined
  if (asked === undefined || isActive === undefined || (isRevoked && !isActive)) return undefined
  const startedMs = now()
  let answers = 1
  for (let further = isRevoked ? FURTHER_AFTER_REVOCATION : FURTHER; further > 0; further -= 1) {
    if (isRevoked) await pause(PAUSE_MS)
    const active = activeIn((await patient.probe(await vary(asked.request, patient, { token })))?.answer)
    if (active === undefined) break
    answers += 1
    if (active !== isActive)
      return faults.replicaLag(describe({ isRevoked, isActive, answers, tookMs: now() - startedMs }))
  }
  return isRevoked ? faults.revocationUnseen(answers) : undefined
}

function isAbout(token: string, request: SentRequest): boolean {
  return parametersOf(request)['token'] === token
}

function describe(seen: {
  readonly isRevoked: boolean
  readonly isActive: boolean
  readonly answers: number
  readonly tookMs: number
}): string {
  const { isRevoked, isActive, answers, tookMs } = seen
  if (isRevoked)
    return `The token was revoked, and the server called it active for another ${tookMs} ms (${answers - 1} answers).`
  return `${answers} questions about the same token, within ${tookMs} ms, have different answers: first active: ${isActive}, then active: ${!isActive}. So the processes of the server do not know the same.`
}
