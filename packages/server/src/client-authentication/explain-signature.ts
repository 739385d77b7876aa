/** Explains to the operator why the signature of a client assertion was refused. It decides nothing. */
import { type Complaint, quote } from '@token-introspection/core'
import { explainExpiredSecret } from './explain-expired-secret.ts'
import { secretsOf, textOf } from './client-secret.ts'
import { canSign, MIN_SECRET_BYTES } from './client-secret-jwt.ts'
import type { ClientAssertion } from './parse-client-assertion.ts'
import { mayUse, type Registered } from './registered.ts'

/** The alleged signer of the assertion. */
interface Signer {
  readonly clientId: string
  readonly method: 'client_secret_jwt' | 'private_key_jwt'
  /** The registration of that identifier. */
  readonly found: Registered | undefined | null
  /** When the secret that made the HMAC expired. `undefined` if no expired secret made it. */
  readonly expiredAt: string | undefined
}

/** The first rule that the signature breaks. */
export function explainSignature(
  assertion: ClientAssertion,
  { clientId, method, found, expiredAt }: Signer,
): Complaint {
  if (!found) {
    return {
      rule: 'iss',
      got: quote(clientId),
      expected: 'the identifier of a registered caller',
      remedy: 'Register it at this endpoint, or correct it at the caller',
    }
  }
  if (!mayUse(found, method)) {
    return {
      rule: 'methods',
      got: `${method} from ${quote(clientId)}`,
      expected: `a method it is registered for: ${found.methods?.join(', ') ?? ''}`,
      remedy: 'Change the method at the caller, or in its registration',
    }
  }
  if (expiredAt !== undefined) return explainExpiredSecret(clientId, expiredAt)
  return method === 'client_secret_jwt'
    ? explainHmac(assertion, clientId, found)
    : explainKeys(assertion, clientId, found)
}

function explainHmac({ algorithm }: ClientAssertion, clientId: string, found: Registered): Complaint {
  const secrets = secretsOf(found).map(textOf)
  if (secrets.length === 0) return noCredential(clientId, 'clientSecrets')
  if (!secrets.some((secret) => canSign(secret, algorithm))) {
    return {
      rule: 'clientSecrets',
      got: `shorter secrets of ${quote(clientId)}`,
      expected: `a secret of at least ${MIN_SECRET_BYTES[algorithm] ?? 0} octets for ${algorithm} (RFC 7518 §3.2)`,
      remedy: 'Register a longer secret on both sides, or use client_secret_basic: a shorter one cannot sign',
    }
  }
  return {
    rule: 'signature',
    got: 'an HMAC by another key',
    expected: `an HMAC by a registered secret of ${quote(clientId)}`,
    remedy: 'Compare the secrets of both sides. The key is the UTF-8 octets of the secret, without any decoding',
  }
}

function explainKeys({ algorithm, keyId }: ClientAssertion, clientId: string, found: Registered): Complaint {
  const { jwks, jwksUri } = found
  if (jwks === undefined && jwksUri === undefined) return noCredential(clientId, 'jwks or jwksUri')
  const registered = jwks?.keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid]))
  if (keyId !== undefined && registered !== undefined && !registered.some((kid) => kid === keyId)) {
    return {
      rule: 'kid',
      got: quote(keyId),
      expected: `the kid of a registered key of ${quote(clientId)}: ${quote(registered)}`,
      remedy: 'Register the key of the caller, or correct its kid on one side',
    }
  }
  return {
    rule: 'signature',
    got: `a signature by another key, with alg ${quote(algorithm)} and kid ${quote(keyId)}`,
    expected: `a signature by a key of ${quote(clientId)} ${jwksUri === undefined ? 'in its jwks' : `at ${quote(jwksUri)}`} that fits alg and kid`,
    remedy: 'Register the public key that belongs to the private key of the caller, and compare kty, crv, alg and use',
  }
}

function noCredential(clientId: string, option: string): Complaint {
  return {
    rule: 'registration',
    got: `no ${option} of ${quote(clientId)}`,
    expected: `${option} to verify its assertions with`,
    remedy: 'Register them at this endpoint, or use another method at the caller',
  }
}
