/** Warns operators who have not set `onEvent`. It limits the warnings per code and endpoint. */
import { ignoreRejection } from '../promises/maybe-promise.ts'
import { withCode } from '../values/code-at-end.ts'

/** A condition that an operator should look at. It holds no token and no secret. */
export interface Warning {
  /**
   * The code of the underlying error, such as `ERR_TRANSPORT_UNAUTHORIZED`, or of the handler's event `warning`.
   * `answer_unusable` or `clock_differs` when a client reports that event and there is no error.
   */
  readonly code: string
  /**
   * The endpoint that a client asks, without its query, or the issuer of a handler; `undefined` when there is neither.
   */
  readonly endpoint: string | undefined
  /** For people to read. It ends with the code in brackets. */
  readonly message: string
}

/** Receives warnings. The warner does not await it, and ignores errors that it throws or rejects with. */
export type OnWarning = (warning: Warning) => void

/** The dependencies of a warner. */
export interface WarnerSettings {
  readonly onWarning: OnWarning
  /** Milliseconds, by any clock. */
  readonly nowMs: () => number
}

/** The shortest time between two warnings of one code and endpoint. An attacker could repeat a request that causes one. */
const SILENT_MS = 60_000

/** There are few codes and endpoints. If there are more than this, the warner forgets all of them and starts again. */
const MAX_KEPT = 64

/** Warns at most once a minute for each code and endpoint. */
export function createWarner({ onWarning, nowMs }: WarnerSettings): OnWarning {
  const warnedAtMs = new Map<string, number>()
  return (warning) => {
    const key = `${warning.code} ${warning.endpoint ?? ''}`
    const now = nowMs()
    const sinceMs = now - (warnedAtMs.get(key) ?? Number.NEGATIVE_INFINITY)
    // After the clock was set back, warn at once.
    if (sinceMs >= 0 && sinceMs < SILENT_MS) return
    if (warnedAtMs.size >= MAX_KEPT) warnedAtMs.clear()
    warnedAtMs.set(key, now)
    try {
      ignoreRejection(onWarning(Object.freeze({ ...warning, message: withCode(warning.message, warning.code) })))
    } catch {}
  }
}
