/** SPINE: a token that should be good in, what is wrong about it out. */
import type { Explanation } from '@token-introspection/client'
import type { JsonObject } from '@token-introspection/core'
import { type Fault, STEPS, type DoctorStep } from '../diagnosis.ts'
import { tokenFaults as faults } from '../faults/token-faults.ts'
import type { Patient } from '../patient/patient.ts'
import { findActiveFault } from './find-active-fault.ts'
import { findInactiveFault } from './find-inactive-fault.ts'
import { findLag } from './find-lag.ts'
import { stepOf } from './explained-steps.ts'
import { lastQuestion } from './questions.ts'
import { jsonOf } from './read-answer.ts'

/** What is known about the token. */
export interface ExaminedToken {
  readonly fault: Fault | undefined
  readonly working: readonly DoctorStep[]
  readonly notes: readonly string[]
}

const WITHOUT_TOKEN =
  'No token was examined. Give a token that should be good by --token-file, to see whether the server calls it active, and what a guard decides.'

const WITHOUT_KIND =
  'The answer does not say what kind of token this is. Some servers call refresh tokens and ID tokens active, too. Use the preset of your server, if there is one, so that the guard refuses them.'
/** Any of these says the kind, or how an access token is presented. */
const KIND_MEMBERS = ['token_type', 'token_use', 'typ'] as const

/** Explains the token as the client does, and looks closer at what a guard refuses. */
export async function examineToken(patient: Patient): Promise<ExaminedToken> {
  const { token, client, isRevoked } = patient
  if (token === undefined)
    return { fault: undefined, working: STEPS.slice(0, STEPS.indexOf('token')), notes: [WITHOUT_TOKEN] }
  const explanation = await client.explain(token, patient.policy)
  const fault = failedFault(explanation) ?? (await findFault(token, explanation, patient))
  const working = isRevoked && fault === undefined ? STEPS.slice(0, STEPS.indexOf('policy')) : STEPS
  return { fault, working, notes: fault === undefined ? notesOf(explanation, patient) : [] }
}

async function findFault(token: string, explanation: Explanation, patient: Patient): Promise<Fault | undefined> {
  const lag = await findLag(token, patient)
  if (lag !== undefined || patient.isRevoked) return lag
  return stepOf(explanation, 'response').active === true
    ? findActiveFault(explanation, patient)
    : await findInactiveFault(token, explanation, patient)
}

/** The question about the token failed, although the one about a made-up token did not. */
function failedFault(explanation: Explanation): Fault | undefined {
  const transport = stepOf(explanation, 'transport')
  const { error } = transport
  return error && faults.failed(error.code?.toLowerCase() ?? 'failed', error.message, error.side)
}

function notesOf(explanation: Explanation, patient: Patient): string[] {
  const { policy, isRevoked } = patient
  if (isRevoked) return []
  const { unreadableMembers, tolerable } = stepOf(explanation, 'response')
  const confirmation = stepOf(explanation, 'policy').requirements.find(
    ({ requirement }) => requirement === 'confirmation',
  )
  return [
    ...(unreadableMembers.length > 0 ? [describeUnread(unreadableMembers, tolerable)] : []),
    ...(saysItsKind(jsonOf(lastQuestion(patient)?.answer)) ? [] : [WITHOUT_KIND]),
    ...(policy.audience === false ? ['No audience was compared. Give --audience with that of your API.'] : []),
    ...(confirmation?.outcome === 'refused'
      ? ['The token is bound to a key or certificate. Whether a request proves it was not examined.']
      : []),
  ]
}

function saysItsKind(answer: JsonObject | undefined): boolean {
  // A signed answer is not read here.
  return answer === undefined || KIND_MEMBERS.some((name) => answer[name] !== undefined)
}

function describeUnread(members: readonly string[], tolerable: readonly string[]): string {
  const options = tolerable.map((each) => `response.tolerate.${each}`).join(' and ')
  return `The client leaves out ${members.join(', ')}, because of an unexpected form.${options === '' ? '' : ` It reads them with ${options}.`}`
}
