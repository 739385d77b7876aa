/** The options of the token issuer. */
import { toNumericDate } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import { base64url } from '#crypto'
import { MAX_REPETITIONS } from '../stores/validate-token-record.ts'
import type { ConsumingTokenStore, WritableTokenStore } from '../stores/token-store.ts'

/** Options of {@link createTokenIssuer}. */
export interface TokenIssuerOptions<Claims extends object = object> {
  /** The store that keeps the tokens. Refresh tokens need a {@link ConsumingTokenStore}, as every built-in store is. */
  readonly store: WritableTokenStore<Claims> | ConsumingTokenStore<Claims>
  /**
   * What each access token begins with: up to 32 letters, digits, `_`, `-`, `.` and `~`. Default: nothing. With a prefix such as
   * `acme_at_`, a scanner of source code recognises a token that was published by mistake.
   */
  readonly accessTokenPrefix?: string | undefined
  /** What each refresh token begins with. Default: nothing. */
  readonly refreshTokenPrefix?: string | undefined
  /**
   * Makes the text of a token, such as `mint` of {@link createTokenMint}. With it, leave out the prefixes and `randomBytes`. Default: the
   * prefix, and 32 random octets in base64url: 256 bits, 43 characters.
   *
   * Security: a text that somebody can guess is a token that somebody can use.
   */
  readonly mint?: ((kind: 'access_token' | 'refresh_token') => MaybePromise<string>) | undefined
  /** Returns random octets. Default `crypto.getRandomValues`. Security: a weaker source makes tokens guessable. */
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined
  /**
   * Seconds after its first use in which a refresh token may be used again, from 0 to 60. Default 0. It helps a client that has lost the
   * response: it repeats the request, and gets other tokens of the same grant. `graceRepetitions` limits how often.
   *
   * Security: a thief who uses a stolen refresh token within this time is not noticed, also not later: thief and client then have refresh
   * tokens of their own, until the grant ends.
   */
  readonly graceSeconds?: number | undefined
  /**
   * How often a refresh token may be used again within `graceSeconds`, from 1 to 10, in all processes together. Default 2: a client may
   * try three times in all. One use more ends the grant, like a use after the grace time. It needs `graceSeconds`.
   *
   * Security: each repetition is one more holder of the grant. The limit is for one refresh token. Each of the tokens that were issued
   * for it is refreshed, and repeated, by itself.
   */
  readonly graceRepetitions?: number | undefined
  /** Milliseconds since the epoch, for `iat` and `exp`. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** The options as the issuer uses them. */
export interface TokenIssuerSettings {
  readonly store: WritableTokenStore & Partial<ConsumingTokenStore>
  readonly mint: (kind: 'access_token' | 'refresh_token') => MaybePromise<string>
  readonly randomText: () => string
  readonly graceSeconds: number
  /** 0 without `graceSeconds`. */
  readonly graceRepetitions: number
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** 256 bits (RFC 6749 §10.10 asks for 128 at least, and recommends 160). */
const RANDOM_OCTETS = 32

const MAX_GRACE_SECONDS = 60

/** A request that is sent three times in all. */
const GRACE_REPETITIONS = 2

/** Reads the options. */
export function readTokenIssuerOptions(options: TokenIssuerOptions): TokenIssuerSettings {
  const group = new OptionGroup('', options, [
    'store',
    'accessTokenPrefix',
    'refreshTokenPrefix',
    'mint',
    'randomBytes',
    'graceSeconds',
    'graceRepetitions',
    'now',
  ])
  const store = group.seam<TokenIssuerSettings['store']>('store', 'find', 'save', 'revoke', 'revokeGrant')
  if (store === undefined) throw group.error('store', 'is required')
  const given = group.function<TokenIssuerSettings['mint']>('mint')
  const other = (['accessTokenPrefix', 'refreshTokenPrefix', 'randomBytes'] as const).find((name) => group.has(name))
  if (given !== undefined && other !== undefined) throw group.error(other, 'has no effect beside mint; leave it out')
  const prefixes = {
    access_token: readPrefix(group, 'accessTokenPrefix'),
    refresh_token: readPrefix(group, 'refreshTokenPrefix'),
  }
  const randomBytes = group.function<(length: number) => Uint8Array>('randomBytes') ?? secureRandomBytes
  const graceSeconds = group.integer('graceSeconds', { default: 0, min: 0, max: MAX_GRACE_SECONDS })
  const graceRepetitions = group.integer('graceRepetitions', {
    default: GRACE_REPETITIONS,
    min: 1,
    max: MAX_REPETITIONS,
  })
  if (graceSeconds === 0 && group.has('graceRepetitions')) {
    throw group.error('graceRepetitions', 'has no effect without graceSeconds; give it too')
  }
  const clock = group.function<() => number>('now') ?? Date.now

  function randomText(): string {
    const octets = randomBytes(RANDOM_OCTETS)
    if (!(octets instanceof Uint8Array) || octets.length !== RANDOM_OCTETS) {
      throw group.error('randomBytes', `must give a Uint8Array of ${RANDOM_OCTETS} octets`)
    }
    return base64url(octets)
  }

  return {
    store,
    mint: given ?? ((kind) => prefixes[kind] + randomText()),
    randomText,
    graceSeconds,
    graceRepetitions: graceSeconds === 0 ? 0 : graceRepetitions,
    now: () => toNumericDate(clock()),
  }
}

function readPrefix(group: OptionGroup, name: string): string {
  const prefix = group.string(name) ?? ''
  if (!/^[\w.~-]{0,32}$/.test(prefix)) throw group.error(name, 'must be up to 32 letters, digits, _, -, . and ~')
  return prefix
}

function secureRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}
