/** For each requirement a server that breaks it. */
import { errorFaults, furtherErrorFaults } from './faults/error-faults.ts'
import { furtherMetadataFaults, metadataFaults } from './faults/metadata-faults.ts'
import { furtherRequestFaults, requestFaults } from './faults/request-faults.ts'
import { furtherResponseFaults, responseFaults } from './faults/response-faults.ts'
import { furtherSignedAnswerFaults, signedAnswerFaults } from './faults/signed-answer-faults.ts'
import type { Fault, FurtherFault } from './honest-server.ts'

/** The faults, by the identifier of the requirement. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  ...metadataFaults,
  ...requestFaults,
  ...responseFaults,
  ...errorFaults,
  ...signedAnswerFaults,
}

/** Further ways to break the requirements that have several parts. */
export const FURTHER_FAULTS: readonly FurtherFault[] = [
  ...furtherMetadataFaults,
  ...furtherRequestFaults,
  ...furtherResponseFaults,
  ...furtherErrorFaults,
  ...furtherSignedAnswerFaults,
]
