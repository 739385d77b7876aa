/** Step `response`: removes from an answer what a view does not show (RFC 7662 §2.2, §5; RFC 9701 §5). */
import {
  type ActiveIntrospectionResponse,
  extensionClaims,
  parseScope,
  REGISTERED_MEMBERS,
} from '@token-introspection/core'
import type { DisclosureView } from '../authorization/disclosure-view.ts'
import type { TokenRecord } from '../stores/token-record.ts'

/** Returns the part of an answer that a view shows. The given answer does not change. */
export async function narrowResponse(
  response: ActiveIntrospectionResponse,
  record: TokenRecord,
  view: DisclosureView,
): Promise<ActiveIntrospectionResponse> {
  let narrowed = { ...response }
  if (view.scopes !== undefined) narrowScope(narrowed, view.scopes)
  if (view.authorizationDetails !== undefined) narrowDetails(narrowed, view.authorizationDetails)
  if (view.subject !== undefined) {
    // A function in plain JavaScript may return `null` for an absent value.
    const sub = (await view.subject(record)) ?? undefined
    if (sub === undefined) delete narrowed.sub
    else narrowed.sub = sub
  }
  if (view.claims !== undefined) {
    const claims = (await view.claims(Object.freeze(extensionClaims(narrowed)), record)) ?? {}
    narrowed = { ...registeredMembers(narrowed), ...extensionClaims(claims as Record<string, unknown>) }
  }
  if (view.members === undefined) return narrowed
  // Without `cnf` a bound token would look like a token that anybody may use (RFC 8705 §3, RFC 9449 §6).
  return pick(narrowed, view.members.length === 0 ? [] : [...view.members, 'cnf'])
}

function narrowScope(response: ActiveIntrospectionResponse, scopes: readonly string[]): void {
  if (response.scope === undefined) return
  const shown = [...parseScope(response.scope)].filter((token) => scopes.includes(token))
  if (shown.length === 0) delete response.scope
  else response.scope = shown.join(' ')
}

function narrowDetails(
  response: ActiveIntrospectionResponse,
  isShown: NonNullable<DisclosureView['authorizationDetails']>,
): void {
  // A function in plain JavaScript may return any value. Only `true` shows the detail.
  const shown = response.authorization_details?.filter((detail) => (isShown(detail) as unknown) === true)
  if (shown === undefined) return
  if (shown.length === 0) delete response.authorization_details
  else response.authorization_details = shown
}

function registeredMembers(response: ActiveIntrospectionResponse): ActiveIntrospectionResponse {
  return pick(response, [...REGISTERED_MEMBERS])
}

function pick(response: ActiveIntrospectionResponse, members: readonly string[]): ActiveIntrospectionResponse {
  const picked: ActiveIntrospectionResponse = { active: true }
  for (const name of Object.keys(response)) {
    if (members.includes(name)) (picked as Record<string, unknown>)[name] = response[name]
  }
  return picked
}
