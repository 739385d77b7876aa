/**
 * Scopes that imply others. Some authorization servers grant only the broad scope of a hierarchy, and the token then names
 * no narrow one.
 */
import { isScopeToken } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'

/**
 * Scopes that imply others, such as `{ 'files:admin': ['files:write'], 'files:write': ['files:read'] }`. A scope also
 * implies what its implied scopes imply.
 */
export type ScopeImplications = Readonly<Record<string, readonly string[]>>

/** The same, resolved for both directions. */
export interface ScopeHierarchy {
  /** The scopes of a token, and every scope that they imply, each once. */
  readonly withImplied: (granted: readonly string[]) => readonly string[]
  /** The scopes that are enough where a scope is required: itself, then every scope that implies it. */
  readonly enoughFor: (wanted: string) => readonly string[]
}

/** Without implications, every scope stands for itself. */
export const FLAT_HIERARCHY: ScopeHierarchy = Object.freeze({
  withImplied: (granted: readonly string[]) => granted,
  enoughFor: (wanted: string) => Object.freeze([wanted]),
})

/** Reads an option that has implications; `undefined` when it is not given. */
export function readScopeImplications(group: OptionGroup, name: string): ScopeHierarchy | undefined {
  return group.has(name) ? resolveHierarchy(readDirect(group, name), group, name) : undefined
}

/** The scopes that each scope implies directly. */
function readDirect(group: OptionGroup, name: string): ReadonlyMap<string, readonly string[]> {
  const given: unknown = group.raw(name)
  const broad = typeof given === 'object' && given !== null ? Object.getOwnPropertyNames(given) : []
  const implications = new OptionGroup(group.path(name), given, broad)
  const direct = new Map<string, readonly string[]>()
  for (const scope of broad) {
    const implied = implications.strings(scope)
    if (!isScopeToken(scope) || implied?.every(isScopeToken) === false) {
      throw group.error(name, 'must have single scope tokens as names and in its arrays (RFC 6749 §3.3)')
    }
    if (implied !== undefined) direct.set(scope, implied)
  }
  return direct
}

function resolveHierarchy(
  direct: ReadonlyMap<string, readonly string[]>,
  group: OptionGroup,
  name: string,
): ScopeHierarchy {
  const implied = new Map<string, ReadonlySet<string>>()
  const enough = new Map<string, string[]>()
  for (const scope of direct.keys()) {
    const all = impliedBy(scope, direct)
    // Scopes in a cycle would all be the same scope, and a guard for the narrow one would let all of them pass.
    if (all.has(scope)) throw group.error(name, `must have no cycle, and "${scope}" implies itself`)
    implied.set(scope, all)
    for (const narrow of all) {
      const broader = enough.get(narrow)
      if (broader === undefined) enough.set(narrow, [scope])
      else broader.push(scope)
    }
  }
  return Object.freeze({
    withImplied: (granted: readonly string[]) => {
      const all = new Set(granted)
      for (const scope of granted) for (const narrow of implied.get(scope) ?? []) all.add(narrow)
      return [...all]
    },
    enoughFor: (wanted: string) => Object.freeze([wanted, ...(enough.get(wanted) ?? [])]),
  })
}

/** Everything that a scope implies, directly and through others. */
function impliedBy(scope: string, direct: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const all = new Set(direct.get(scope))
  // A set also visits what is added to it on the way.
  for (const narrow of all) for (const further of direct.get(narrow) ?? []) all.add(further)
  return all
}
