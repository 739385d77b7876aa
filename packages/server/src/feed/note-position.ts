/** Step `feed` of an introspection, before the lookup: does the log have what the caller has applied? */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { isRevocationPosition } from '@token-introspection/core/revocations'
import type { ReceivedRequest } from '../request/read-request.ts'
import type { RevocationLog } from '../stores/revocation-log.ts'
import type { CheckPosition } from './check-position.ts'

/** The resolved options of the step. */
export interface ProofStep {
  readonly log: RevocationLog
  readonly checkPosition: CheckPosition
}

/** What the step knows about a caller that follows the feed. */
export interface NotedPosition {
  /** The position of the caller, if the log had it before the lookup. */
  readonly readAt: string | undefined
}

/** The parameter with the position that a follower has applied last (docs/revocation-feed.md §5). */
const PARAMETER = 'revocation_position'

/**
 * Notes where the lookup will read. It must be awaited before the lookup begins: only then does the lookup see every revocation
 * up to that position.
 *
 * A position that is malformed or repeated counts as absent. It is an extension, so it never makes a request invalid.
 *
 * @returns `undefined` for a caller that does not follow the feed.
 */
export function notePosition(
  { form }: Pick<ReceivedRequest, 'form'>,
  step: ProofStep | undefined,
): MaybePromise<NotedPosition | undefined> {
  if (step === undefined) return undefined
  const values = form.getAll(PARAMETER)
  // Most callers do not follow.
  if (values.length !== 1) return undefined
  const [position] = values
  if (!isRevocationPosition(position)) return undefined
  return andThen(step.checkPosition(position), (has) => ({ readAt: has ? position : undefined }))
}
