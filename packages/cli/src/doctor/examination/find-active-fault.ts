/** Finds out why a guard refuses a token that is active. */
import type { Explanation } from '@token-introspection/client'
import type { Fault } from '../diagnosis.ts'
import { realmOf } from '../faults/metadata-faults.ts'
import { tokenFaults as faults } from '../faults/token-faults.ts'
import type { Patient } from '../patient/patient.ts'
import { stepOf } from './explained-steps.ts'

/** The fault, if there is one. */
export function findActiveFault(explanation: Explanation, patient: Patient): Fault | undefined {
  const refused = stepOf(explanation, 'policy').requirements.find(
    // A token alone never shows its key.
    ({ outcome, requirement }) => outcome === 'refused' && requirement !== 'confirmation',
  )
  if (refused === undefined) return undefined
  const { requirement, detail, remedy, required, found } = refused
  if (requirement === 'token_kind') {
    return /refresh|offline/i.test(detail) ? faults.refreshToken(detail) : faults.otherKind(detail)
  }
  if (requirement === 'audience') return audienceFault(texts(required), texts(found), patient)
  return faults.refused(requirement, detail, remedy)
}

function audienceFault(wanted: readonly string[], audiences: readonly string[], { issuer }: Patient): Fault {
  if (audiences.length > 0) return faults.otherAudience(wanted, audiences)
  return faults.noAudience(wanted[0] ?? '', issuer !== undefined && realmOf(issuer) !== undefined, true)
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}
