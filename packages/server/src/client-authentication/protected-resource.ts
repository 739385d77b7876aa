/** The protected resource: the party that calls the introspection endpoint (RFC 7662 §1.2). */
import type { OptionGroup } from '@token-introspection/core/options'
import { type DisclosureView, readView } from '../authorization/disclosure-view.ts'
import type { Limiter } from '../limits/limiter.ts'
import type { ResponseEncryptionAlg, ResponseEncryptionEnc } from '../response/encryption-key.ts'
import type { ResponseSigningAlg } from '../response/signing-algorithms.ts'
import type { EntryReader, FindRegistered, Registered } from './registered.ts'

/**
 * A registered protected resource. It is not an OAuth client: its identifier says who calls, and its audiences say which tokens
 * are for it.
 */
export interface ProtectedResource extends Registered {
  /** Its `aud` values. It learns about tokens with one of them, and about tokens that were issued to itself. */
  readonly audiences?: readonly string[] | undefined
  /** Limits what it learns about those tokens, after the limits of the policy. Default: no limit. */
  readonly view?: DisclosureView | undefined
  /** A budget of its own, instead of `limits.limiter`. */
  readonly limiter?: Limiter | undefined
  /**
   * The algorithm that signs its JWT answers. `response.jwt` needs a key for it. Default `response.jwt.defaultSigningAlg`. The
   * registration alone makes no answer a JWT: the `Accept` field or `requireJwtResponse` does (RFC 9701 §4, §6).
   */
  readonly introspectionSignedResponseAlg?: ResponseSigningAlg | undefined
  /**
   * The algorithm that encrypts its signed JWT answers, with a key from `jwks` or `jwksUri`. Default `undefined`: answers are
   * not encrypted (RFC 9701 §6).
   */
  readonly introspectionEncryptedResponseAlg?: ResponseEncryptionAlg | undefined
  /** The content encryption of these answers. Default `A128CBC-HS256`. Not allowed without the algorithm (RFC 9701 §6). */
  readonly introspectionEncryptedResponseEnc?: ResponseEncryptionEnc | undefined
  /**
   * Whether it gets only JWT answers. A request that does not accept a JWT is answered 406, and one that accepts anything gets
   * a JWT. Default `false`.
   */
  readonly requireJwtResponse?: boolean | undefined
}

/** Finds a protected resource by its identifier. */
export type FindProtectedResource = FindRegistered<ProtectedResource>

const OPTIONS = [
  'audiences',
  'view',
  'limiter',
  'introspectionSignedResponseAlg',
  'introspectionEncryptedResponseAlg',
  'introspectionEncryptedResponseEnc',
  'requireJwtResponse',
]

/**
 * Creates a reader for the entries of a registry.
 *
 * @param check - throws for an entry that needs something the other steps do not have.
 */
export function protectedResourceReader(
  check: (protectedResource: ProtectedResource, group: OptionGroup) => void = () => undefined,
): EntryReader<ProtectedResource> {
  const toCaller = (registered: Registered, group: OptionGroup): ProtectedResource => {
    const protectedResource: ProtectedResource = {
      ...registered,
      audiences: group.strings('audiences') ?? Object.freeze([]),
      view: group.has('view') ? readView(group.raw('view'), group.path('view')) : undefined,
      limiter: group.seam<Limiter>('limiter', 'consume'),
      introspectionSignedResponseAlg: group.string('introspectionSignedResponseAlg') as ResponseSigningAlg | undefined,
      introspectionEncryptedResponseAlg: group.string('introspectionEncryptedResponseAlg') as
        | ResponseEncryptionAlg
        | undefined,
      introspectionEncryptedResponseEnc: group.string('introspectionEncryptedResponseEnc') as
        | ResponseEncryptionEnc
        | undefined,
      requireJwtResponse: group.boolean('requireJwtResponse', false),
    }
    check(protectedResource, group)
    return protectedResource
  }
  return { known: OPTIONS, toCaller }
}
