/** SPINE: a resource server in, its first broken step out. */
import type { CheckFailed } from '@token-introspection/client'
import { type Diagnosis, type Fault, STEPS } from './diagnosis.ts'
import { findAnswerFault } from './examination/find-answer-fault.ts'
import { findCircuitFault } from './examination/find-circuit-fault.ts'
import { findClockFault } from './examination/find-clock-fault.ts'
import { findConnectionFault } from './examination/find-connection-fault.ts'
import { findCredentialsFault } from './examination/find-credentials-fault.ts'
import { findEndpointFault } from './examination/find-endpoint-fault.ts'
import { findMetadataFault } from './examination/find-metadata-fault.ts'
import { examineToken } from './examination/examine-token.ts'
import { unnamedFault } from './faults/unnamed-fault.ts'
import type { Patient } from './patient/patient.ts'

/** Checks the client as it checks itself, looks closer at what failed, and then at the token. */
export async function examine(patient: Patient): Promise<Diagnosis> {
  // The check goes past an open circuit, and closes it.
  const { circuits } = patient.client.statistics()
  const check = await patient.client.check()
  if (!check.ok) return broken(await findFault(check, patient))
  const fault = findClockFault(patient) ?? findCircuitFault(circuits)
  if (fault !== undefined) return broken(fault)
  const examined = await examineToken(patient)
  return examined.fault === undefined ? examined : broken(examined.fault)
}

/** The first of these that knows the cause. */
async function findFault(check: CheckFailed, patient: Patient): Promise<Fault> {
  return (
    (await findConnectionFault(check, patient)) ??
    (await findMetadataFault(check, patient)) ??
    (await findEndpointFault(check, patient)) ??
    (await findCredentialsFault(check, patient)) ??
    findAnswerFault(check, patient) ??
    unnamedFault(check)
  )
}

/** Everything before the broken step works. */
function broken(fault: Fault): Diagnosis {
  return { fault, working: STEPS.slice(0, STEPS.indexOf(fault.step)), notes: [] }
}
