/** All requirements of the suite, in the order in which they are checked. */
import type { Requirement } from '../requirement.ts'
import { ERROR_REQUIREMENTS } from './error-requirements.ts'
import { METADATA_REQUIREMENTS } from './metadata-requirements.ts'
import { REQUEST_REQUIREMENTS } from './request-requirements.ts'
import { RESPONSE_REQUIREMENTS } from './response-requirements.ts'
import { SIGNED_ANSWER_REQUIREMENTS } from './signed-answer-requirements.ts'

/** The requirements. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...METADATA_REQUIREMENTS,
  ...REQUEST_REQUIREMENTS,
  ...RESPONSE_REQUIREMENTS,
  ...ERROR_REQUIREMENTS,
  ...SIGNED_ANSWER_REQUIREMENTS,
]
