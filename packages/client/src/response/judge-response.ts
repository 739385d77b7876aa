/** What an answer comes to now: fresh or remembered, every one is judged by the clock of this moment. */
import {
  type ActiveIntrospectionResponse,
  type ClaimsSchema,
  type IntrospectionResponse,
  validateExtensionClaims,
} from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { type ResponseStep, validateResponse } from './validate-response.ts'
import { type IntrospectionResult, toResult } from '../result/introspection-result.ts'

/** Judges a response; `now` is in seconds since the epoch. At once, unless there is a claims schema to ask. */
export type JudgeResponse = (response: IntrospectionResponse, now: number) => MaybePromise<IntrospectionResult>

/** Makes the judge of one client. */
export function createJudge(step: ResponseStep): JudgeResponse {
  const { claims } = step
  if (claims === undefined) return (response, now) => toResult(validateResponse(response, step, now))
  /** What the schema made of answers that are remembered: once per answer, because it does not change. */
  const claimed = new WeakMap<object, IntrospectionResult>()
  return (response, now) => {
    const valid = validateResponse(response, step, now)
    if (!valid.active) return toResult(valid)
    return claimed.get(valid) ?? validateClaims(valid, claims, claimed)
  }
}

async function validateClaims(
  response: ActiveIntrospectionResponse,
  schema: ClaimsSchema,
  claimed: WeakMap<object, IntrospectionResult>,
): Promise<IntrospectionResult> {
  const result = toResult(await validateExtensionClaims(response, schema))
  claimed.set(response, result)
  return result
}
