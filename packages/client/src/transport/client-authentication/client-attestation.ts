/**
 * `attest_jwt_client_auth`: a statement of an attester about a key, and a proof by that key for each request
 * (draft-ietf-oauth-attestation-based-client-auth-11).
 */
import { parseJwtPart, SIGNATURE_ALGORITHMS, splitCompactJws } from '@token-introspection/core'
import { OptionGroup, sayKind } from '@token-introspection/core/options'
import type { Findable } from './authenticate-with-found-secret.ts'
import { CHALLENGE_FIELD } from './challenge-field.ts'
import { type ClientAuthentication, checkClientId } from './client-authentication.ts'
import { foundCredential } from './found-credential.ts'
import { createKeySigner, type PrivateKey } from './key-signer.ts'
import type { AssertionAlgorithm } from './private-key-jwt.ts'
import { randomId } from './random-id.ts'

/** Options of {@link clientAttestation}. */
export interface ClientAttestationOptions {
  /**
   * The attestation, or a function that finds it. The client calls the function with each request, so let it return what is in
   * memory, and get the next attestation before this one expires.
   */
  readonly attestation: Findable<string>
  /** The private key for which the attester made the attestation, or a function that finds it with each request. */
  readonly key: Findable<PrivateKey>
  /** The algorithm of the key. Default `ES256`. */
  readonly algorithm?: AssertionAlgorithm | undefined
  /** The `aud` of proofs: the issuer identifier of the authorization server. Default the `issuer` of the client. */
  readonly audience?: string | undefined
}

const ATTESTATION_FIELD = 'oauth-client-attestation'
const PROOF_FIELD = 'oauth-client-attestation-pop'
const PROOF_TYPE = 'oauth-client-attestation-pop+jwt'

/** A server could otherwise make requests as long as it likes. */
const CHALLENGE = /^[\x21-\x7e]{1,512}$/

const ADVICE =
  'Compare the clocks, and decode the attestation: exp has to be in the future, iss has to be an attester that the server trusts, and ' +
  'cnf.jwk has to be the public key of the option key. The server also has to know this client identifier with this method'

/**
 * Authenticates with `attest_jwt_client_auth`. An attester, such as the platform on which this resource server runs, has signed an
 * attestation for its key. So the authorization server knows the attester, and no key of each instance. Every request has a proof
 * of its own, only for the issuer.
 *
 * When the server answers with a challenge, the client repeats the request once with it, and puts it into later proofs
 * until the server sends another one.
 *
 * @param clientId - `sub` of the attestation.
 * @throws TypeError that names an argument that is missing or wrong; when the client is created, if it has no issuer and there is
 * no `audience`; with the first request, if the key does not fit the algorithm. With a request `SecretUnavailableError`, when a
 * function fails, or returns no attestation for this client or no private key for the algorithm.
 * @example
 * ```ts
 * import { clientAttestation, IntrospectionClient, type PrivateKey } from '@token-introspection/client'
 *
 * export function asInstance(platform: { readonly attestation: string; readonly key: PrivateKey }) {
 *   return new IntrospectionClient({
 *     issuer: 'https://as.example.com',
 *     clientAuthentication: clientAttestation('orders-api', {
 *       attestation: () => platform.attestation,
 *       key: platform.key,
 *     }),
 *   })
 * }
 * ```
 * @see [draft-ietf-oauth-attestation-based-client-auth-11](https://www.ietf.org/archive/id/draft-ietf-oauth-attestation-based-client-auth-11.html)
 */
export function clientAttestation(clientId: string, options: ClientAttestationOptions): ClientAuthentication {
  checkClientId(clientId)
  const group = new OptionGroup('', options, ['attestation', 'key', 'algorithm', 'audience'])
  const alg = group.oneOf('algorithm', SIGNATURE_ALGORITHMS, 'ES256')
  const audience = group.string('audience')
  const key = group.raw('key') as Findable<PrivateKey> | undefined
  if (key === undefined) throw group.error('key', 'is required')
  const given = group.raw('attestation') as Findable<string> | undefined
  if (given === undefined) throw group.error('attestation', 'is required')
  const sign = createKeySigner(key, { alg, clientId })
  const read = (found: string): string => readAttestation(found, clientId)
  const attestation =
    typeof given === 'function' ? () => foundCredential(given, read, { option: 'attestation', clientId }) : read(given)

  function create(now: () => number): ClientAuthentication {
    let challenge: string | undefined
    return {
      method: 'attest_jwt_client_auth',
      clientId,
      advice: ADVICE,
      async authenticate(draft) {
        const aud = audience ?? draft.issuer
        if (aud === undefined) throw noAudience()
        draft.headers[ATTESTATION_FIELD] = typeof attestation === 'function' ? await attestation() : attestation
        const claims = {
          aud,
          jti: randomId(),
          iat: Math.floor(now() / 1000),
          ...(challenge !== undefined && { challenge }),
        }
        draft.headers[PROOF_FIELD] = await sign(claims, PROOF_TYPE)
      },
      prepare(client) {
        if (audience === undefined && client.issuer === undefined) throw noAudience()
        return create(client.now)
      },
      renew(_, refusal) {
        const next = refusal?.header(CHALLENGE_FIELD)
        if (next === undefined || !CHALLENGE.test(next)) return false
        challenge = next
        return true
      },
    }
  }

  return create(Date.now)
}

/** @throws TypeError that does not quote the attestation. */
function readAttestation(found: unknown, clientId: string): string {
  const parts = typeof found === 'string' ? splitCompactJws(found) : undefined
  if (typeof found !== 'string' || parts === undefined) {
    const was = typeof found === 'string' && found !== '' ? 'another text' : sayKind(found)
    throw new TypeError(`attestation: must be a signed JWT in its compact form, not ${was}`)
  }
  if (subjectOf(parts.payload) === clientId) return found
  throw new TypeError(
    `attestation: its sub must be the client identifier "${clientId}"; get one for this client from the attester`,
  )
}

function subjectOf(payload: string): unknown {
  try {
    return parseJwtPart(payload)['sub']
  } catch {
    return undefined
  }
}

function noAudience(): TypeError {
  return new TypeError(
    'audience: is required when the client has no issuer: give the issuer identifier of the authorization server',
  )
}
