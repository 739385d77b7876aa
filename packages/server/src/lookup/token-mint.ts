/** Opaque tokens that can be told from junk without asking a store. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import { hmacSha256 } from '#crypto'

/** Options of {@link createTokenMint}. */
export interface TokenMintOptions {
  /**
   * What every token begins with, before a `_`: 1 to 32 letters, digits and `_`. Choose one that nobody else has, so that
   * a scanner of source code knows a token that was published by mistake.
   */
  readonly prefix: string
  /**
   * Secret keys of the checksum, each of 32 octets at least, a text as its UTF-8 octets. Tokens are minted with the first
   * and recognized by all, so a new key goes to the front, and an old one stays until the last of its tokens has expired.
   */
  readonly keys: readonly (string | Uint8Array)[]
  /** Gives so many random octets; `crypto.getRandomValues` unless given. Security: anything less makes tokens guessable. */
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined
}

/** The mint {@link createTokenMint} makes. */
export interface TokenMint {
  /**
   * A new token: the prefix, `_`, 46 characters of randomness and 24 of checksum, all letters and digits. It fits
   * wherever an access token or a refresh token may stand, the `Authorization` header included.
   */
  mint(): MaybePromise<string>
  /**
   * Whether a token was minted with one of the keys. Security: it says that a token was issued, not that it is active,
   * which only the store knows. Nothing is asked; the checksum is compared in constant time. It may be given away alone, as
   * the option `lookup.isMinted` is.
   */
  readonly isMinted: (token: string) => MaybePromise<boolean>
  /** The pattern of the tokens, for scanners: a regular expression without anchors. */
  readonly pattern: string
}

/** Letters and digits alone: a double click selects the whole token, and nothing ever has to encode it. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 46 characters, none of which is likelier than 5 in 256: no token can be guessed with less than 2^261 attempts. */
const RANDOM_LENGTH = 46

/**
 * 24 characters, likewise: a checksum is guessed with one chance in 2^136, more than the half of the HMAC that RFC 2104 §5
 * asks for.
 */
const CHECKSUM_LENGTH = 24

const KEY_MIN_BYTES = 32

/**
 * Creates a mint of opaque tokens with a keyed checksum, which junk does not have: guesses, typing errors and the tokens
 * of others are refused without a lookup. Tokens carry over 256 bits of randomness besides.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { createTokenMint } from '@token-introspection/server'
 *
 * declare const secrets: { current: string; previous: string }
 *
 * const tokens = createTokenMint({ prefix: 'acme_at', keys: [secrets.current, secrets.previous] })
 * const token = await tokens.mint() // acme_at_ and 70 letters and digits
 * await tokens.isMinted(token) // true
 * await tokens.isMinted('2YotnFZFEjr1zCsicMWpAA') // false
 * ```
 *
 * @see [RFC 6749 §10.10](https://www.rfc-editor.org/rfc/rfc6749.html#section-10.10)
 */
export function createTokenMint(options: TokenMintOptions): TokenMint {
  const group = new OptionGroup('', options, ['prefix', 'keys', 'randomBytes'])
  const prefix = group.string('prefix')
  if (prefix === undefined || !/^\w{1,32}$/.test(prefix)) {
    throw group.error('prefix', 'must be 1 to 32 letters, digits and underscores')
  }
  const [first, ...others] = resolveKeys(group).map(hmacSha256)
  const randomBytes = group.function<(length: number) => Uint8Array>('randomBytes') ?? secureRandomBytes

  const pattern = `${prefix}_[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}`
  const wholeToken = new RegExp(`^${pattern}$`)

  async function isMintedWithAny(body: string, checksum: string, keys: readonly Hmac[]): Promise<boolean> {
    for (const hmac of keys) if (isEqual(checksum, toText(await hmac(body), CHECKSUM_LENGTH))) return true
    return false
  }

  return {
    pattern,
    mint() {
      const octets = randomBytes(RANDOM_LENGTH)
      if (octets.length !== RANDOM_LENGTH) throw group.error('randomBytes', `must give ${RANDOM_LENGTH} octets`)
      const body = `${prefix}_${toText(octets, RANDOM_LENGTH)}`
      return andThen((first as Hmac)(body), (mac) => body + toText(mac, CHECKSUM_LENGTH))
    },
    isMinted(token) {
      if (!wholeToken.test(token)) return false
      const body = token.slice(0, -CHECKSUM_LENGTH)
      const checksum = token.slice(-CHECKSUM_LENGTH)
      // Almost always the first key; there, on Node, nothing is waited for.
      return andThen((first as Hmac)(body), (mac) => {
        if (isEqual(checksum, toText(mac, CHECKSUM_LENGTH))) return true
        return others.length === 0 ? false : isMintedWithAny(body, checksum, others)
      })
    },
  }
}

type Hmac = ReturnType<typeof hmacSha256>

function resolveKeys(group: OptionGroup): Uint8Array[] {
  const keys = group.raw('keys')
  if (!Array.isArray(keys) || keys.length === 0) throw group.error('keys', 'must be an array of at least one key')
  return (keys as unknown[]).map((key, index) => {
    const octets = typeof key === 'string' ? new TextEncoder().encode(key) : key
    if (!(octets instanceof Uint8Array) || octets.length < KEY_MIN_BYTES) {
      throw group.error(`keys[${index}]`, `must be a string or Uint8Array of at least ${KEY_MIN_BYTES} octets`)
    }
    return octets
  })
}

/** One character for each octet. */
function toText(octets: Uint8Array, length: number): string {
  let text = ''
  for (const octet of octets.subarray(0, length)) text += ALPHABET.charAt(octet % ALPHABET.length)
  return text
}

/** Looks at every character, wherever the first difference is; both have one length. */
function isEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}

function secureRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}
