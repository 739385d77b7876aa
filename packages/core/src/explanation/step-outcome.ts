/** What one step of an explanation came to. */

/**
 * What one step came to.
 *
 * - `passed`: it did its work, and found nothing against the token
 * - `refused`: it decides against the token or the request
 * - `failed`: it could not do its work, for example because there was no answer
 * - `skipped`: it had nothing to do, or an earlier step has decided
 */
export type StepOutcome = 'passed' | 'refused' | 'failed' | 'skipped'

/** The parts of a step that its text shows. */
export interface ToldStep {
  readonly name: string
  readonly outcome: StepOutcome
  /** What the step saw and decided, in one sentence. */
  readonly detail: string
  /** What to do about it; `undefined` when there is nothing to do. */
  readonly remedy?: string | undefined
  /** The single things that the step looked at, which get a line each below the step. */
  readonly parts?: readonly ToldStep[] | undefined
}
