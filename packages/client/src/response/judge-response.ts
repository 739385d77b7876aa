/** Judges answers by the current time, fresh ones and cached ones alike. */
import {
  type ActiveIntrospectionResponse,
  type ClaimsSchema,
  type IntrospectionResponse,
  validateExtensionClaims,
} from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { type ResponseStep, validateResponse } from './validate-response.ts'
import { type IntrospectionResult, toResult } from '../result/introspection-result.ts'

/**
 * Judges a response; `now` is in seconds since the epoch. It returns without a promise, unless there is a claims
 * schema.
 */
export type JudgeResponse = (response: IntrospectionResponse, now: number) => MaybePromise<IntrospectionResult>

/** Creates the judge of a client. */
export function createJudge(step: ResponseStep): JudgeResponse {
  const { claims } = step
  if (claims === undefined) return (response, now) => toResult(validateResponse(response, step, now))
  /** The output of the claims schema for cached answers. It is computed once per answer, because it does not change. */
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
