/** Step `jwt`: whether a JWT that is enough by itself was revoked, as far as the feed has said. */
import type { ActiveIntrospectionResponse, IntrospectionResponse } from '@token-introspection/core'
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { JwtStep } from './answer-locally.ts'
import { unusable } from './jwt-fault.ts'
import type { ReadAnswer } from '../revocations/read-answer.ts'
import type { RevocationsStep } from '../revocations/revocations-step.ts'
import type { Deadline } from '../transport/deadline.ts'

/**
 * Checks a good JWT against the events of the feed. The answer stays the JWT itself, or is inactive; `undefined` when the
 * authorization server is to be asked instead.
 */
export async function checkRevocations(
  token: string,
  local: ActiveIntrospectionResponse,
  jwt: JwtStep,
  read: ReadAnswer | undefined,
  deadline: Deadline,
  revocations: RevocationsStep | undefined,
): Promise<IntrospectionResponse | undefined> {
  if (revocations?.jwts === undefined || read === undefined) return local
  const found = revocations.jwts.find(token, local)
  const followed = isPromise(found) ? await found : found
  // The event of notOlderThan may not have come yet. The second question is sent after the first one has ended.
  for (let questions = 0; questions < 2 && read.isBehind(); questions += 1) await deadline.race(revocations.ask())
  const refusal = followed.refusal()
  const mayAsk = jwt.asksAboutOpaque
  if (mayAsk && (refusal !== undefined || read.isBehind())) return undefined
  if (refusal === undefined) {
    read.takeJwt(followed)
    return local
  }
  jwt.onFault(refusal)
  return unusable(refusal)
}
