/** Step `cache`: judges a kept answer again. */
import { type IntrospectionResponse, toNumericDate } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { SourceSettings } from './answer-source.ts'

/** An answer that fails a check is treated as a miss: the client asks the authorization server. */
export function judgeKept<Result>(
  response: IntrospectionResponse,
  nowMs: number,
  { judge }: Pick<SourceSettings<Result>, 'judge'>,
): MaybePromise<Result | undefined> {
  try {
    const result = judge(response, toNumericDate(nowMs))
    return isPromise(result) ? result.catch(() => undefined) : result
  } catch {
    return undefined
  }
}
