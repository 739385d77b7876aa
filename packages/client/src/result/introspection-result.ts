/** Step `result`: the answer as the caller gets it, frozen so that it can be shared. */
import type { InactiveIntrospectionResponse, IntrospectionResponse, RegisteredMembers } from '@token-introspection/core'

/** The answer for an active token, with your extension claims typed by `Claims`. Deeply frozen. */
export type ActiveIntrospectionResult<Claims extends object = object> = {
  readonly active: true
  /**
   * Registered members that the answer had in a shape nobody expects, such as `permissions` that is a list of texts. They
   * were left out. Look here where you decide by `username`, `may_act`, `acr`, `auth_time`, `authorization_details` or
   * `permissions` yourself; guards do. `undefined` when there is none.
   */
  readonly unreadableMembers?: readonly string[] | undefined
} & Readonly<RegisteredMembers> &
  Readonly<Claims> & { readonly [member: string]: unknown }

/** What {@link IntrospectionClient.introspect} gives: narrow it on `active`. Deeply frozen. */
export type IntrospectionResult<Claims extends object = object> =
  | ActiveIntrospectionResult<Claims>
  | Readonly<InactiveIntrospectionResponse>

/** Freezes a response and everything in it. */
export function toResult(response: IntrospectionResponse): IntrospectionResult {
  deepFreeze(response)
  return response
}

/** Plain objects and arrays, as JSON has them; what a claims schema made of one, a `Date` or octets, is its own. */
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
