/** Step `result`: the answer for the caller, frozen so that several callers can share it. */
import type { InactiveIntrospectionResponse, IntrospectionResponse, RegisteredMembers } from '@token-introspection/core'

/** The answer for an active token. `Claims` is the type of your extension claims. Deeply frozen. */
export type ActiveIntrospectionResult<Claims extends object = object> = {
  readonly active: true
  /**
   * Names of registered members that the answer had in an unexpected form, such as `permissions` with a list of
   * strings. The client left them out. Check this list when your code decides by `username`, `may_act`, `acr`,
   * `auth_time`, `authorization_details` or `permissions`; guards do. `undefined` when every member was readable.
   */
  readonly unreadableMembers?: readonly string[] | undefined
} & Readonly<RegisteredMembers> &
  Readonly<Claims> & { readonly [member: string]: unknown }

/** The result of {@link IntrospectionClient.introspect}: narrow it on `active`. Deeply frozen. */
export type IntrospectionResult<Claims extends object = object> =
  | ActiveIntrospectionResult<Claims>
  | Readonly<InactiveIntrospectionResponse>

/** Freezes a response and everything in it. */
export function toResult(response: IntrospectionResponse): IntrospectionResult {
  deepFreeze(response)
  return response
}

/**
 * Whether a value is a plain object or array of JSON. Other objects that a claims schema made, such as a `Date`, are
 * not frozen.
 */
function deepFreeze(value: object): void {
  // Engines see at once whether something can be extended, and look at each member to see whether it is frozen.
  if (!Object.isExtensible(value) && Object.isFrozen(value)) return
  if (!(Array.isArray(value) || isPlain(value))) return
  Object.freeze(value)
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) deepFreeze(member as object)
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
