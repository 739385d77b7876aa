/** The protected resource: the party that calls the introspection endpoint (RFC 7662 §1.2). */
import type { OptionGroup } from '@token-introspection/core/options'
import { type DisclosureView, readView } from '../authorization/disclosure-view.ts'
import type { Limiter } from '../limits/limiter.ts'
import type { ResponseEncryptionAlg, ResponseEncryptionEnc } from '../response/encryption-key.ts'
import type { ResponseSigningAlg } from '../response/signing-algorithms.ts'
import type { EntryReader, FindRegistered, Registered } from './registered.ts'

/**
 * A registered protected resource. It is an entity of its own, not an OAuth client: its identifier says who calls,
 * its audiences say which tokens are for it.
 */
export interface ProtectedResource extends Registered {
  /** The `aud` values it answers to. It learns about tokens with one of them, and about tokens issued to itself. */
  readonly audiences?: readonly string[] | undefined
  /** What it gets to know of the tokens it may know about, after the policy has narrowed them. Everything unless given. */
  readonly view?: DisclosureView | undefined
  /** Its own budget, in the place of `limits.limiter`. */
  readonly limiter?: Limiter | undefined
  /**
   * The algorithm its JWT answers are signed with; `response.jwt` needs a key for it. Default
   * `response.jwt.defaultSigningAlg`. That it is registered makes no answer a JWT: the `Accept` field does, or
   * `requireJwtResponse` (RFC 9701 §4, §6).
   */
  readonly introspectionSignedResponseAlg?: ResponseSigningAlg | undefined
  /**
   * The algorithm its JWT answers are encrypted with once they are signed, for a key of `jwks` or `jwksUri`. Default none:
   * they are not encrypted (RFC 9701 §6).
   */
  readonly introspectionEncryptedResponseAlg?: ResponseEncryptionAlg | undefined
  /** The content encryption of these. Default `A128CBC-HS256`; not allowed without the algorithm (RFC 9701 §6). */
  readonly introspectionEncryptedResponseEnc?: ResponseEncryptionEnc | undefined
  /**
   * Whether it gets its answers as JWTs and in no other way: a request that does not accept one is answered 406, and one
   * that accepts anything gets a JWT. Default `false`.
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
 * Reads the entries of a registry.
 *
 * @param check - throws for an entry that wants what the other steps do not have.
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
