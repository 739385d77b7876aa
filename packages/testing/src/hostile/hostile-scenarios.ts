/** The table of all answers by authorization servers, proxies and attackers, with the right reaction to each. */
import type { HostileScenario } from './hostile-scenario.ts'
import { connections } from './scenarios/connections.ts'
import { goodAnswers } from './scenarios/good-answers.ts'
import { malformedAnswers } from './scenarios/malformed-answers.ts'
import { metadata } from './scenarios/metadata.ts'
import { poorAnswers } from './scenarios/poor-answers.ts'
import { signedAnswers } from './scenarios/signed-answers.ts'
import { statuses } from './scenarios/statuses.ts'
import { untrustedAnswers } from './scenarios/untrusted-answers.ts'

/** Every scenario. Names and tokens are unique. */
export const hostileScenarios: readonly HostileScenario[] = Object.freeze([
  ...goodAnswers,
  ...poorAnswers,
  ...malformedAnswers,
  ...untrustedAnswers,
  ...statuses,
  ...connections,
  ...signedAnswers,
  ...metadata,
])
