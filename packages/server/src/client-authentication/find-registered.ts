/** Asks the registry for a caller. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ClientAuthenticationRegistryError } from '../errors.ts'
import type { FindRegistered, Registered } from './registered.ts'

/** What a lookup in the registry needs. */
export interface FindStep<Caller extends Registered> {
  readonly findRegistered: FindRegistered<Caller>
  /** The longest time for the registry, in milliseconds. */
  readonly timeoutMs: number
}

/** The registered caller, or `undefined`. Throws or rejects when the registry throws or does not answer in time. */
export function findRegistered<Caller extends Registered>(
  id: string,
  step: FindStep<Caller>,
): MaybePromise<Caller | undefined | null> {
  return askDependency(() => step.findRegistered(id), step.timeoutMs, toRegistryError)
}

/** Tells the operator which function failed, and where to look. */
export const REGISTRY_FAILED =
  'the function that finds a registered caller threw or took longer than timeoutMs; the cause of the event says which'

function toRegistryError(cause: unknown): ClientAuthenticationRegistryError {
  return new ClientAuthenticationRegistryError(REGISTRY_FAILED, { cause })
}
