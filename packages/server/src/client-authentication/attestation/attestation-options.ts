/** Options of attestation as a method (draft-ietf-oauth-attestation-based-client-auth-11). */
import type { UrlRules } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import type { JSONWebKeySet } from 'jose'
import type { KeyHolder } from '../../keys/jwks-loader.ts'
import { ASYMMETRIC_ALGORITHMS } from '../private-key-jwt.ts'
import { copyKeys, readKeyHolder } from '../read-key-holder.ts'

/** The header fields, by lower-case name. */
export const ATTESTATION_FIELD = 'oauth-client-attestation'
export const PROOF_FIELD = 'oauth-client-attestation-pop'

/** A party whose attestations you trust. Give its keys as `jwks` or `jwksUri`. */
export interface ClientAttester {
  /** Its identifier. An attestation with another `iss` is not verified with its keys. One without `iss` is. */
  readonly issuer: string
  /** Its public keys. */
  readonly jwks?: JSONWebKeySet | undefined
  /**
   * The URL at which it publishes its public keys: https, unless `allowHttpOnLoopback` or `allowHttpOrigins` of the handler allow
   * it. The handler fetches it as it fetches `jwksUri` of callers.
   */
  readonly jwksUri?: string | undefined
}

/** Makes and accepts challenges. Processes must accept the challenges of each other. */
export interface AttestationChallenges {
  /** Returns a challenge for the next proof: 1 to 512 characters of printable ASCII without spaces. */
  readonly issue: () => MaybePromise<string>
  /** Says whether the challenge in a proof is one of yours and still good. It is called after every other check of the proof. */
  readonly accept: (challenge: string) => MaybePromise<boolean>
}

/** Option group `clientAuthentication.attestation`, for the method `attest_jwt_client_auth`. */
export interface AttestationOptions {
  /**
   * The attesters that you trust, from 1 to 10.
   *
   * Security: an attester can make an attestation for every caller that has `attest_jwt_client_auth` in its `methods`. A caller
   * without this entry never authenticates by an attestation.
   */
  readonly attesters: readonly ClientAttester[]
  /**
   * Signature algorithms of attestations and proofs. Default: every RS, PS and ES algorithm, EdDSA and Ed25519. `none` and HMAC
   * are not allowed.
   */
  readonly algorithms?: readonly string[] | undefined
  /**
   * The highest age of a proof, in seconds since its `iat`. Default 60, from 10 to 600. The replay store keeps each proof for this
   * time.
   */
  readonly maxProofAgeSeconds?: number | undefined
  /** How far the clocks of attesters and callers may be off, in seconds. Default 5, from 0 to 60. */
  readonly clockToleranceSeconds?: number | undefined
  /** Set it if every proof must have a challenge of yours. Default: proofs need none, and a challenge in them is ignored. */
  readonly challenges?: AttestationChallenges | undefined
}

/** The defaults of the group. */
export const attestationDefaults = Object.freeze({ maxProofAgeSeconds: 60, clockToleranceSeconds: 5 })

/** The resolved group. */
export interface AttestationStep {
  /** The issuer identifier of this authorization server. Proofs are for it alone. */
  readonly audience: string
  readonly attesters: readonly (KeyHolder & { readonly issuer: string })[]
  readonly algorithms: readonly string[]
  readonly maxProofAgeSeconds: number
  readonly clockToleranceSeconds: number
  readonly challenges: AttestationChallenges | undefined
}

/** The largest number of attesters. An attestation without `iss` is verified with the keys of each. */
const MAX_ATTESTERS = 10

/** Resolves the group for an issuer. */
export function resolveAttestation(
  options: unknown,
  path: string,
  { issuer, urlRules }: { readonly issuer: string; readonly urlRules: UrlRules },
): AttestationStep {
  const group = new OptionGroup(path, options, [
    'attesters',
    'algorithms',
    'maxProofAgeSeconds',
    'clockToleranceSeconds',
    'challenges',
  ])
  const attesters = group.raw('attesters')
  if (!Array.isArray(attesters) || attesters.length === 0 || attesters.length > MAX_ATTESTERS) {
    throw group.error('attesters', `must be an array of 1 to ${MAX_ATTESTERS} attesters`)
  }
  const algorithms = group.strings('algorithms') ?? ASYMMETRIC_ALGORITHMS
  if (
    algorithms.length === 0 ||
    algorithms.some((name) => !(ASYMMETRIC_ALGORITHMS as readonly string[]).includes(name))
  ) {
    throw group.error('algorithms', `must hold some of ${ASYMMETRIC_ALGORITHMS.join(', ')}`)
  }
  return {
    audience: issuer,
    attesters: Array.from(attesters as unknown[], (entry, index) =>
      readAttester(
        new OptionGroup(`${group.path('attesters')}[${index}]`, entry, ['issuer', 'jwks', 'jwksUri']),
        urlRules,
      ),
    ),
    algorithms,
    maxProofAgeSeconds: group.number('maxProofAgeSeconds', {
      default: attestationDefaults.maxProofAgeSeconds,
      min: 10,
      max: 600,
    }),
    clockToleranceSeconds: group.number('clockToleranceSeconds', {
      default: attestationDefaults.clockToleranceSeconds,
      min: 0,
      max: 60,
    }),
    challenges: readChallenges(group),
  }
}

function readAttester(group: OptionGroup, urlRules: UrlRules): AttestationStep['attesters'][number] {
  const issuer = group.string('issuer')
  if (issuer === undefined) throw group.error('issuer', 'is required')
  const keys = readKeyHolder(group, copyKeys, urlRules)
  if (keys.jwks === undefined && keys.jwksUri === undefined) throw group.error('jwks', 'give this or jwksUri')
  return { issuer, ...keys }
}

function readChallenges(group: OptionGroup): AttestationChallenges | undefined {
  if (!group.has('challenges')) return undefined
  const challenges = new OptionGroup(group.path('challenges'), group.raw('challenges'), ['issue', 'accept'])
  const issue = challenges.function<AttestationChallenges['issue']>('issue')
  const accept = challenges.function<AttestationChallenges['accept']>('accept')
  if (issue === undefined) throw challenges.error('issue', 'is required')
  if (accept === undefined) throw challenges.error('accept', 'is required')
  return { issue, accept }
}
