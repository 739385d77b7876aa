/** Step `token`: tokens that no server can have issued, which are inactive without a request. */
import type { InactiveIntrospectionResponse } from '@token-introspection/core'
import { UNPRESENTABLE, WITH_SCHEME } from '../result/inactive.ts'
import { isPresentable } from './is-presentable.ts'

/** A whole `Authorization` field. The space is no character of a token that such a field can carry (RFC 6750 §2.1). */
const SCHEME = /^(?:bearer|dpop) /i

/** The inactive answer for a token that no server can have issued; `undefined` for any other token. */
export function refuseUnpresentable(token: string): Readonly<InactiveIntrospectionResponse> | undefined {
  if (!isPresentable(token)) return UNPRESENTABLE
  return SCHEME.test(token) ? WITH_SCHEME : undefined
}
