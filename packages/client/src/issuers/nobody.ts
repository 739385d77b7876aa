/** Stands for the client of a token that belongs to no issuer. */
import type { EventReporter } from '../events/event-reporter.ts'
import type { ReportingClient } from '../events/events.ts'
import type { GuardSource } from '../guards/create-guard.ts'
import { type UNKNOWN_ISSUER, whyInactive } from '../result/inactive.ts'
import { SentCredentials } from '../transport/sent-credentials.ts'

/** The client that events about such a token name. */
export const NOBODY: ReportingClient = Object.freeze({ issuer: undefined, endpoint: undefined, clientId: undefined })

/** A source of answers that asks no server. */
export function sourceOfNobody(
  settings: Pick<GuardSource, 'policy' | 'sources' | 'now'> & { readonly reporter: EventReporter },
  answer: () => typeof UNKNOWN_ISSUER,
): GuardSource {
  return {
    ...settings,
    introspect: answer,
    observe: (_token, _call, trace) => {
      const result = answer()
      trace.inactivity = whyInactive(result, false)
      return result
    },
    sequence: undefined,
    mayLoseReason: false,
    leewaySeconds: 0,
    audiences: undefined,
    cleanerFor: new SentCredentials().cleanerFor,
  }
}
