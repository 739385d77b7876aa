/** Option `onWarning` of both handlers: who gets warnings for the operator when there is no event observer. */
import { createWarner, isIntrospectionError, type OnWarning, withoutCode, withoutData } from '@token-introspection/core'
import type { OptionGroup } from '@token-introspection/core/options'
import { showWarning } from '#show-warning'
import { RequestBodyUnavailableError } from '../errors.ts'
import { type OnEvent, reportEvent } from './events.ts'
import { createWarn, type Warn, type WarningEvent } from './warning.ts'

/** The receivers of warnings. */
export interface Warnings {
  /** Warns about something suspicious that does not change answers. */
  readonly warn: Warn
  /** Warns about an answered error if it is a fault of this side. `undefined` when nobody wants such warnings. */
  readonly warnOfError: ((error: unknown, status: number) => void) | undefined
}

/** What the warnings of a handler need. */
interface WarningSettings {
  readonly issuer: string | undefined
  readonly now: () => number
  readonly onEvent: OnEvent<WarningEvent> | undefined
}

/** Resolves `onWarning`. */
export function resolveWarnings(group: OptionGroup, { issuer, now, onEvent }: WarningSettings): Warnings {
  const toEvents = createWarn((event) => reportEvent(onEvent, () => event), now)
  const given = group.raw('onWarning') === false ? undefined : group.function<OnWarning>('onWarning')
  if (given === undefined && (onEvent !== undefined || group.raw('onWarning') === false)) {
    return { warn: toEvents, warnOfError: undefined }
  }
  const warner = createWarner({ onWarning: given ?? showWarning, nowMs: now })
  const advice = given === undefined ? '. Set onEvent to hear of every failure, or onWarning: false for silence' : ''
  const tell = (code: string, message: string): void =>
    warner({
      code,
      endpoint: issuer,
      message: `${issuer === undefined ? '' : `${issuer}: `}${withoutCode(message, code)}${advice}`,
    })
  return {
    warn(code, message) {
      toEvents(code, message)
      tell(code, message)
    },
    warnOfError(error, status) {
      if (!isOfThisSide(error, status)) return
      if (isIntrospectionError(error)) tell(error.code, error.message)
      // The message of an unexpected error may quote anything, so only its name is shown.
      else tell('ERR_UNEXPECTED', `an unexpected error was thrown, and the answer was 500: ${withoutData(error).name}`)
    },
  }
}

/**
 * Whether the operator can act on the error. Faults of callers are answered with a 4xx, and strangers can cause any number of
 * them. They can also disconnect before their request is complete.
 */
function isOfThisSide(error: unknown, status: number): boolean {
  return status >= 500 && !(error instanceof RequestBodyUnavailableError && error.senderLeft)
}
