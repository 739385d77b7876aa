/** Warnings for operators that have set up nothing else: rarely, and one per thing and place. */

/** What an operator should look at. No token and no secret is in it. */
export interface Warning {
  /**
   * The code of the error behind it, such as `ERR_TRANSPORT_UNAUTHORIZED`, or of the event `warning` of a handler;
   * `answer_unusable` where a client has that event and no error.
   */
  readonly code: string
  /** The endpoint a client asks, without its query, or the issuer of a handler; `undefined` where there is none. */
  readonly endpoint: string | undefined
  /** For people to read. */
  readonly message: string
}

/** Receives warnings. It is not awaited, and what it throws, or rejects with, is ignored. */
export type OnWarning = (warning: Warning) => void

/** What a warner needs. */
export interface WarnerSettings {
  readonly onWarning: OnWarning
  /** Milliseconds, by any clock. */
  readonly nowMs: () => number
}

/** The time between two warnings of one code and endpoint: what a request can cause, an attacker can repeat. */
const SILENT_MS = 60_000

/** Codes are few, and endpoints too; should there ever be more, they begin anew. */
const MAX_KEPT = 64

/** Warns at most once a minute about one code at one endpoint. */
export function createWarner({ onWarning, nowMs }: WarnerSettings): OnWarning {
  const warnedAtMs = new Map<string, number>()
  return (warning) => {
    const key = `${warning.code} ${warning.endpoint ?? ''}`
    const now = nowMs()
    const sinceMs = now - (warnedAtMs.get(key) ?? Number.NEGATIVE_INFINITY)
    // A clock that was set back is not waited for.
    if (sinceMs >= 0 && sinceMs < SILENT_MS) return
    if (warnedAtMs.size >= MAX_KEPT) warnedAtMs.clear()
    warnedAtMs.set(key, now)
    try {
      const told: unknown = onWarning(Object.freeze({ ...warning }))
      if (told instanceof Promise) told.catch(() => undefined)
    } catch {}
  }
}
