/** Asks the registry for a caller. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ClientAuthenticationRegistryError } from '../errors.ts'
import type { FindRegistered, Registered } from './registered.ts'

/** What asking the registry takes. */
export interface FindStep<Caller extends Registered> {
  readonly findRegistered: FindRegistered<Caller>
  /** Milliseconds the registry may take. */
  readonly timeoutMs: number
}

/** The registered party, or nobody; a registry that throws or hangs is an outage. */
export function findRegistered<Caller extends Registered>(
  id: string,
  step: FindStep<Caller>,
): MaybePromise<Caller | undefined | null> {
  return askDependency(() => step.findRegistered(id), step.timeoutMs, toRegistryError)
}

/** For the operator: whose side it is on, and where to look. */
export const REGISTRY_FAILED =
  'the function that finds a registered caller threw or took longer than timeoutMs; the cause of the event says which'

function toRegistryError(cause: unknown): ClientAuthenticationRegistryError {
  return new ClientAuthenticationRegistryError(REGISTRY_FAILED, { cause })
}
