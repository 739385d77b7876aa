/** Finds credentials that a registered caller cannot use at this endpoint, when the endpoint is created. */
import type { OptionGroup } from '@token-introspection/core/options'
import type { AssertionStep } from './authenticate-by-assertion.ts'
import { secretsOf, textOf } from './client-secret.ts'
import type { ClientAuthenticationMethod } from './client-authentication-method.ts'
import { canSign, MIN_SECRET_BYTES } from './client-secret-jwt.ts'
import { mayUse, type Registered } from './registered.ts'

/** The rules of the endpoint for its entries. */
export interface RegistrationRules {
  readonly methods: ReadonlySet<ClientAuthenticationMethod>
  readonly assertion: AssertionStep | undefined
}

/** The methods that use a plain secret. */
const SECRET_METHODS = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'] as const

/**
 * Refuses secrets that are too short to sign any assertion.
 *
 * @throws TypeError when a secret is shorter than the hash of every accepted algorithm (RFC 7518 §3.2), and
 * `client_secret_jwt` is either the only use for it or named in the `methods` of the caller.
 */
export function checkSecretLength(
  registered: Registered,
  group: OptionGroup,
  { methods, assertion }: RegistrationRules,
): void {
  const usable = SECRET_METHODS.filter((method) => methods.has(method) && mayUse(registered, method))
  if (assertion === undefined || !usable.includes('client_secret_jwt')) return
  if (usable.length > 1 && registered.methods === undefined) return
  const algorithms = [...assertion.algorithms].filter((algorithm) => algorithm in MIN_SECRET_BYTES)
  const secrets = secretsOf(registered).map(textOf)
  if (algorithms.length === 0 || secrets.length === 0) return
  // With another method, one secret may be too short for client_secret_jwt, such as the old one in a rotation.
  const isLongEnough = (secret: string) => algorithms.some((algorithm) => canSign(secret, algorithm))
  if (usable.length > 1 ? secrets.some(isLongEnough) : secrets.every(isLongEnough)) return
  const minBytes = Math.min(...algorithms.map((algorithm) => MIN_SECRET_BYTES[algorithm] as number))
  throw group.error(
    'clientSecrets',
    `a secret for client_secret_jwt needs at least ${minBytes} octets, one per octet of the hash of ${algorithms.join(', ')} (RFC 7518 §3.2); a shorter one cannot sign. Register a longer one on both sides, or use client_secret_basic`,
  )
}

/** Whether the identifier has a colon, at which unencoded Basic credentials are split (RFC 7617 §2). */
export function hasUnsendableId(registered: Registered, { methods }: RegistrationRules): boolean {
  return (
    registered.id.includes(':') &&
    registered.clientSecrets !== undefined &&
    methods.has('client_secret_basic') &&
    mayUse(registered, 'client_secret_basic')
  )
}
