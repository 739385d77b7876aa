/** Option `onWarning` of both handlers: who is told what an operator should look at, where nobody listens to events. */
import { createWarner, isIntrospectionError, type OnWarning, withoutData } from '@token-introspection/core'
import type { OptionGroup } from '@token-introspection/core/options'
import { showWarning } from '#show-warning'
import { RequestBodyUnavailableError } from '../errors.ts'
import { type OnEvent, reportEvent } from './events.ts'
import { createWarn, type Warn, type WarningEvent } from './warning.ts'

/** Who is warned. */
export interface Warnings {
  /** Tells about something that should not be, while answers are what they should be. */
  readonly warn: Warn
  /** Tells about an error that was answered, where it is a fault of this side; `undefined` where nobody wants that. */
  readonly warnOfError: ((error: unknown, status: number) => void) | undefined
}

/** What the warnings of a handler need. */
interface WarningSettings {
  readonly issuer: string | undefined
  readonly now: () => number
  readonly onEvent: OnEvent<WarningEvent> | undefined
}

/** Reads `onWarning`. */
export function resolveWarnings(group: OptionGroup, { issuer, now, onEvent }: WarningSettings): Warnings {
  const toEvents = createWarn((event) => reportEvent(onEvent, () => event), now)
  const given = group.raw('onWarning') === false ? undefined : group.function<OnWarning>('onWarning')
  if (given === undefined && (onEvent !== undefined || group.raw('onWarning') === false)) {
    return { warn: toEvents, warnOfError: undefined }
  }
  const warner = createWarner({ onWarning: given ?? showWarning, nowMs: now })
  const advice = given === undefined ? '. Set onEvent to hear of every failure, or onWarning: false for silence' : ''
  const tell = (code: string, message: string): void =>
    warner({ code, endpoint: issuer, message: `${issuer === undefined ? '' : `${issuer}: `}${message}${advice}` })
  return {
    warn(code, message) {
      toEvents(code, message)
      tell(code, message)
    },
    warnOfError(error, status) {
      if (!isOfThisSide(error, status)) return
      if (isIntrospectionError(error)) tell(error.code, error.message)
      // What it says may quote anything.
      else
        tell('ERR_UNEXPECTED', `something threw that should not have, and was answered 500: ${withoutData(error).name}`)
    },
  }
}

/**
 * Whether an operator can do something about it. What a caller does wrong is answered with a 4xx, and a stranger can cause
 * as many of those as it likes; so it can leave before its request is complete.
 */
function isOfThisSide(error: unknown, status: number): boolean {
  return status >= 500 && !(error instanceof RequestBodyUnavailableError && error.senderLeft)
}
