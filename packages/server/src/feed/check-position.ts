/** Asks the log whether it has a position, with little patience: an answer does not wait for its proof. */
import { elapsedMs } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { askDependency } from '../dependencies/ask-dependency.ts'
import type { Warn } from '../events/warning.ts'
import type { RevocationLog } from '../stores/revocation-log.ts'

/** Whether the log has exactly this event now. `false` also when the log does not say. */
export type CheckPosition = (position: string) => MaybePromise<boolean>

/** The longest time that an answer waits for its proof, in milliseconds. */
const MAX_PROOF_WAIT_MS = 250

/** After a failure the log is not asked for this time, so that a broken log does not slow every answer down. */
const PAUSE_MS = 1000

/** What the check needs. */
interface CheckPositionSettings {
  /** The longest time for functions of the application, in milliseconds. */
  readonly timeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly warn: Warn
}

/** Creates the check for one log. Requests with the same position share a question that is under way. */
export function createCheckPosition(
  log: Pick<RevocationLog, 'has'>,
  { timeoutMs, now, warn }: CheckPositionSettings,
): CheckPosition {
  const waitMs = Math.min(timeoutMs, MAX_PROOF_WAIT_MS)
  const asked = new Map<string, Promise<boolean>>()
  let failedAtMs: number | undefined

  function toFailure(cause: unknown): Error {
    failedAtMs = now()
    warn(
      'revocation-log-unavailable',
      `the revocation log did not say within ${waitMs} ms whether it has a position. Answers go out without read_at for a moment, so resource servers remember them for their maxAgeSeconds only`,
    )
    return new Error('no proof', { cause })
  }

  function ask(position: string): MaybePromise<boolean> {
    let answering: MaybePromise<unknown>
    try {
      answering = askDependency<unknown>(() => log.has(position), waitMs, toFailure)
    } catch {
      return false
    }
    if (!isPromise(answering)) return answering === true
    const has = answering.then(
      (answer) => answer === true,
      () => false,
    )
    asked.set(position, has)
    return has.finally(() => asked.delete(position))
  }

  return (position) => {
    if (failedAtMs !== undefined) {
      if (elapsedMs(failedAtMs, now()) < PAUSE_MS) return false
      failedAtMs = undefined
    }
    return asked.get(position) ?? ask(position)
  }
}
