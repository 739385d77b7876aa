/** What the request of a protected resource says about the target of the token, for the policy. */
import type { TokenLookup } from '../stores/token-lookup.ts'

/**
 * The parameters of an introspection request that name a target. RFC 7662 §2.1 allows such parameters and gives them no meaning:
 * only your policy does.
 *
 * Each list has the values of the request as they were sent, in their order, without empty ones. `request.maxParameters`
 * and `request.maxParameterLength` limit them. No value is checked: it may be no URL at all. Compare it with `===`.
 */
export interface DisclosureRequest {
  /** The values of `resource`, which may be repeated (RFC 8707 §2). */
  readonly resources: readonly string[]
  /** The values of `audience`, which may be repeated (RFC 8693 §2.1). */
  readonly audiences: readonly string[]
}

const NOTHING: readonly string[] = Object.freeze([])
const NO_TARGET: DisclosureRequest = Object.freeze({ resources: NOTHING, audiences: NOTHING })

/** Reads the targets of a request. Most requests have none, and share one frozen object. */
export function toDisclosureRequest(lookup: TokenLookup): DisclosureRequest {
  const resources = valuesOf('resource', lookup)
  const audiences = valuesOf('audience', lookup)
  return resources === NOTHING && audiences === NOTHING ? NO_TARGET : Object.freeze({ resources, audiences })
}

/** A parameter without a value counts as absent (RFC 6749 §3.2). */
function valuesOf(name: string, lookup: TokenLookup): readonly string[] {
  const values = lookup.parameters(name).filter((value) => value !== '')
  return values.length === 0 ? NOTHING : Object.freeze(values)
}
