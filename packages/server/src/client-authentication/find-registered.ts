/** Asks the registry for a caller. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { askDependency } from '../dependencies/ask-dependency.ts'
import type { SecretUnavailableError } from '@token-introspection/core'
import { ClientAuthenticationRegistryError } from '../errors.ts'
import type { FindRegistered, Registered } from './registered.ts'
import { type AskFunction, failureOf, type SecretFunctions } from './secret-functions.ts'

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

/**
 * The registered caller with its secrets, or `undefined`. In place of a function that finds the secrets, the caller has what it found.
 *
 * @throws or rejects with SecretUnavailableError when the function fails.
 */
export function findSecretHolder<Caller extends Registered>(
  id: string,
  step: FindStep<Caller>,
): MaybePromise<Caller | undefined | null> {
  return andThen(findRegistered(id, step), (caller) => caller && withSecrets(caller))
}

/** A caller with its secrets, for credentials that may be made up. */
export interface FoundHolder<Caller extends Registered> {
  /** `undefined` also while the function of the caller fails. Then everything goes on as for an unknown identifier. */
  readonly holder: Caller | undefined | null
  /** Why the attempt is answered 503 if it fails. */
  readonly failure: SecretUnavailableError | undefined
  /** Whether the caller has a function. If not, another one stands in for it: see {@link SecretFunctions.failureFor}. */
  readonly hasFunction: boolean
}

/**
 * The same for an attempt that may fail. The answer and the work of a failed attempt must not tell whether the identifier is registered.
 *
 * @param functions - remembers the function of the caller.
 * @param ask - calls it.
 */
export async function findPossibleHolder<Caller extends Registered>(
  id: string,
  step: FindStep<Caller>,
  functions: SecretFunctions,
  ask: AskFunction = failureOf,
): Promise<FoundHolder<Caller>> {
  const caller = await findRegistered(id, step)
  const find = caller?.clientSecrets
  if (!caller || typeof find !== 'function') return { holder: caller, failure: undefined, hasFunction: false }
  functions.note(find)
  const failure = await ask(find)
  return { holder: failure === undefined ? await withSecrets(caller) : undefined, failure, hasFunction: true }
}

/** The last copy of each caller, so that digests of its secrets are made once. */
const holders = new WeakMap<Registered, Registered>()

function withSecrets<Caller extends Registered>(caller: Caller): MaybePromise<Caller> {
  const { clientSecrets: find } = caller
  if (typeof find !== 'function') return caller
  return andThen(find(), (clientSecrets) => {
    const known = holders.get(caller)
    if (known?.clientSecrets === clientSecrets) return known as Caller
    const holder: Caller = Object.freeze({ ...caller, clientSecrets })
    holders.set(caller, holder)
    return holder
  })
}

/** Tells the operator which function failed, and where to look. */
export const REGISTRY_FAILED =
  'the function that finds a registered caller threw or took longer than timeoutMs; the cause of the event says which'

function toRegistryError(cause: unknown): ClientAuthenticationRegistryError {
  return new ClientAuthenticationRegistryError(REGISTRY_FAILED, { cause })
}
