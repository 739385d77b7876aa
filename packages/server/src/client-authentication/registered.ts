/** The callers of an endpoint: registered parties with an identifier and credentials. */
import { type UrlRules, withoutData } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { copyOptions, OptionGroup } from '@token-introspection/core/options'
import type { JSONWebKeySet } from 'jose'
import { ClientAuthenticationRegistrationError } from '../errors.ts'
import type { KeyHolder } from '../keys/jwks-loader.ts'
import type { Warn } from '../events/warning.ts'
import { type ClientSecret, type FindClientSecrets, readClientSecrets } from './client-secret.ts'
import { ACCEPTED_BASIC_ENCODINGS, type AcceptedBasicEncoding } from './client-secret-basic.ts'
import { CALLER_METHODS, type CallerMethod, METHODS_WITHOUT_CREDENTIAL } from './client-authentication-method.ts'
import { copyKeys, readKeyHolder, type TakeKeys } from './read-key-holder.ts'
import { resolveTlsClientAuth, type TlsClientAuth } from './tls-client-auth.ts'

/**
 * The registration of a caller for client authentication. It decides which methods the caller can use: a secret never verifies
 * a signature by a key, and a key never counts as a secret (RFC 8725 §3.1).
 */
export interface Registered extends KeyHolder {
  /** The identifier it authenticates with (`client_id`). */
  readonly id: string
  /**
   * Its secrets, for `client_secret_basic`, `client_secret_post` and `client_secret_jwt`. Any of them is accepted, so that you
   * can add a new one before you remove the old one. A secret with `expiresAt` is refused like a wrong one from that time on.
   * With `clientAuthentication.verifySecret` they are hashes of the secrets, and `client_secret_jwt` is not available.
   *
   * A function returns the secrets, or a promise of them. It is called when somebody presents a secret of this caller, and again
   * with the first request after a minute. So a build needs no secrets, and you can change them without a restart. While it fails, or
   * does not answer for 5 seconds, the endpoint answers 503 with `ERR_SECRET_UNAVAILABLE` to everybody who presents a secret with this identifier,
   * and to bad secrets for other identifiers, so that the answers do not tell which are registered.
   */
  readonly clientSecrets?: readonly ClientSecret[] | FindClientSecrets | undefined
  /**
   * Its public keys, for `private_key_jwt`. Any of them is accepted. For `self_signed_tls_client_auth` the first element of a
   * key's `x5c` is its certificate (RFC 8705 §2.2).
   */
  readonly jwks?: JSONWebKeySet | undefined
  /**
   * The URL at which it publishes its public keys, instead of `jwks`: https, unless `allowHttpOnLoopback` or
   * `allowHttpOrigins` of the handler allow it.
   */
  readonly jwksUri?: string | undefined
  /** The subject value of its certificate, for `tls_client_auth` (RFC 8705 §2.1.2). */
  readonly tlsClientAuth?: TlsClientAuth | undefined
  /**
   * How the endpoint reads its Basic credentials. Default: as `clientAuthentication.basicEncoding` says. Give it to the few callers
   * that do not form-encode, so that the endpoint can be strict with the others, or to those that do, so that it is strict with them.
   */
  readonly basicEncoding?: AcceptedBasicEncoding | undefined
  /** The methods it may use. Default: every method of the endpoint for which it has credentials. */
  readonly methods?: readonly CallerMethod[] | undefined
}

/** Finds a caller by its identifier. */
export type FindRegistered<Caller extends Registered> = (
  id: string,
) => Caller | undefined | null | Promise<Caller | undefined | null>

/** Whether the registration of a caller allows a method. */
export function mayUse(caller: Registered, method: CallerMethod): boolean {
  return caller.methods === undefined || caller.methods.includes(method)
}

const OPTIONS = ['id', 'clientSecrets', 'jwks', 'jwksUri', 'tlsClientAuth', 'basicEncoding', 'methods']
/** How the entries of a registry are read, from a list or from a function. */
export interface EntryReader<Caller extends Registered> {
  /** The members of an entry beside its identifier and credentials. */
  readonly known: readonly string[]
  /** Makes the entry, which is then frozen. Throws for every fault outside the credentials. */
  readonly toCaller: (registered: Registered, group: OptionGroup) => Caller
}

/** A registry with a fixed list. The list is checked at once, so that mistakes show at start-up. */
export function registeredList<Caller extends Registered>(
  list: unknown,
  path: string,
  { known, toCaller }: EntryReader<Caller>,
  urlRules: UrlRules,
): FindRegistered<Caller> {
  if (!Array.isArray(list)) throw new TypeError(`${path}: must be an array`)
  const byId = new Map<string, Caller>()
  list.forEach((entry: unknown, index) => {
    const group = new OptionGroup(`${path}[${index}]`, entry, [...OPTIONS, ...known])
    const registered = readRegistered(group, copyKeys, urlRules)
    if (byId.has(registered.id)) throw group.error('id', 'occurs twice')
    byId.set(registered.id, Object.freeze(toCaller(registered, group)))
  })
  return (id) => byId.get(id)
}

/** The fault of an entry whose credentials are usable. A copy of the entry does not have this property. */
const FAULT = Symbol('fault')

/**
 * A registry with a function. Its results are read like list entries, except that `null` members count as absent, because
 * databases return `null`. A frozen entry is read once.
 *
 * An entry without usable credentials, or with another identifier than the requested one, counts as unknown, and a warning
 * says why. An entry with another fault keeps only its credentials. {@link requireFaultless} then reports the fault, but only
 * after the caller has authenticated.
 */
export function registeredByFunction<Caller extends Registered>(
  find: FindRegistered<Caller>,
  path: string,
  reader: EntryReader<Caller>,
  urlRules: UrlRules,
  warn: Warn,
): FindRegistered<Caller> {
  const read = new WeakMap<object, Caller>()

  function readFound(id: string, entry: unknown): Caller | undefined {
    if (entry === undefined || entry === null) return undefined
    const known = read.get(entry)
    if (known?.id === id) return known
    const place = `${path}(${JSON.stringify(id.slice(0, MAX_SHOWN))})`
    try {
      const caller = readEntry(place, entry, reader, urlRules)
      if (caller.id !== id) throw new TypeError(`${place}.id: must be the identifier that was asked for`)
      if (!(FAULT in caller) && isUnchangeable(entry)) read.set(entry, caller)
      return caller
    } catch (fault) {
      warn('invalid-registration', `${messageOf(fault, place)}; the endpoint answers as if it were not registered`)
      return undefined
    }
  }

  return (id) => {
    const found: MaybePromise<unknown> = find(id)
    return andThen(found, (entry) => readFound(id, entry))
  }
}

/** The number of characters of an identifier in a warning, because the caller chooses its length. */
const MAX_SHOWN = 128

function readEntry<Caller extends Registered>(
  place: string,
  entry: object,
  { known, toCaller }: EntryReader<Caller>,
  urlRules: UrlRules,
): Caller {
  const group = new OptionGroup(place, withoutNulls(place, entry), [...OPTIONS, ...known])
  // Key sets are not copied, because other modules cache by the identity of the set.
  const registered = readRegistered(group, (keys) => keys, urlRules)
  try {
    return Object.freeze(toCaller(registered, group))
  } catch (fault) {
    // Only the identity of a wrong entry is used.
    return Object.freeze({ ...registered, [FAULT]: messageOf(fault, place) }) as Registered as Caller
  }
}

/**
 * Refuses an authenticated caller whose registration has a fault, so that a mistake in the registration discloses nothing.
 *
 * @throws ClientAuthenticationRegistrationError saying what is wrong.
 */
export function requireFaultless(caller: Registered): void {
  const fault = (caller as { readonly [FAULT]?: string })[FAULT]
  if (fault !== undefined) throw new ClientAuthenticationRegistrationError(fault)
}

/** Messages of this library begin with the place. Getters and proxies of the application may throw errors with data in them. */
function messageOf(fault: unknown, place: string): string {
  const isOurs = fault instanceof TypeError && fault.message.startsWith(place)
  return isOurs ? fault.message : `${place}: cannot be read: ${withoutData(fault).message}`
}

/**
 * @throws TypeError for an entry that is not a plain object. The view or the methods of a class instance may come from a
 *   getter of its class, and a copy would lose them.
 */
function withoutNulls(place: string, entry: object): object {
  const members = Object.entries(copyOptions(place, entry)).filter(([, value]) => value !== null)
  return Object.fromEntries(members)
}

/** Whether a value can never change. Functions, and objects with methods, are called for each request anyway. */
function isUnchangeable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (!Object.isFrozen(value)) return 'consume' in value
  const properties = Object.values(Object.getOwnPropertyDescriptors(value))
  return properties.every((property) => 'value' in property && isUnchangeable(property.value))
}

function readRegistered(group: OptionGroup, take: TakeKeys, urlRules: UrlRules): Registered {
  const id = group.string('id')
  if (id === undefined) throw group.error('id', 'is required')
  // The keys of limiters contain the identifier and a control character as separator.
  if (/[\x00-\x1f\x7f]/.test(id)) throw group.error('id', 'must have no control characters (RFC 6749 appendix A.1)')
  const methods = group.strings('methods') as readonly CallerMethod[] | undefined
  if (methods?.length === 0 || methods?.some((method) => !CALLER_METHODS.includes(method))) {
    throw group.error('methods', `must hold some of ${CALLER_METHODS.join(', ')}`)
  }
  const clientSecrets = readClientSecrets(group)
  const { jwks, jwksUri } = readKeyHolder(group, take, urlRules)
  const tlsClientAuth = resolveTlsClientAuth(group.raw('tlsClientAuth'), group.path('tlsClientAuth'))
  const basicEncoding = group.has('basicEncoding')
    ? group.oneOf<AcceptedBasicEncoding>('basicEncoding', ACCEPTED_BASIC_ENCODINGS, 'form')
    : undefined
  const credential = clientSecrets ?? jwks ?? jwksUri ?? tlsClientAuth
  if (credential === undefined && !methods?.every((method) => METHODS_WITHOUT_CREDENTIAL.has(method))) {
    throw group.error(
      'clientSecrets',
      `needs at least one secret, or give jwks, jwksUri or tlsClientAuth, or in methods only ${[...METHODS_WITHOUT_CREDENTIAL].join(', ')}`,
    )
  }
  return {
    id,
    ...(clientSecrets !== undefined && { clientSecrets }),
    ...(jwks !== undefined && { jwks }),
    ...(jwksUri !== undefined && { jwksUri }),
    ...(tlsClientAuth !== undefined && { tlsClientAuth }),
    ...(basicEncoding !== undefined && { basicEncoding }),
    ...(methods !== undefined && { methods }),
  }
}
