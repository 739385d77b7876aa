/** Opaque tokens that can be distinguished from junk without a store. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { createFinder, type FindValue, OptionGroup } from '@token-introspection/core/options'
import { hmacSha256 } from '#crypto'

/** Options of {@link createTokenMint}. */
export interface TokenMintOptions {
  /**
   * The beginning of every token, before a `_`: 1 to 32 letters, digits and `_`. Choose one that nobody else uses, so that a
   * scanner of source code recognises a token that was published by mistake.
   */
  readonly prefix: string
  /**
   * The secret keys of the checksum. Each has at least 32 octets. A text counts as its UTF-8 octets. New tokens use the first
   * key, and tokens of every key are recognized. Put a new key first, and keep an old key until its last token has expired.
   *
   * A function returns the keys, or a promise of them. It is called with the first token, and again with the first one after a minute.
   * So a build needs no keys, and you can change them without a restart. While it fails, or does not answer for 5 seconds, `mint` and
   * `isMinted` reject with `SecretUnavailableError`, and the endpoint answers 503. With several processes, add a new key at the end, and
   * put it first a minute later: otherwise a process does not recognize the tokens of another one for a minute.
   */
  readonly keys: MintKeys | (() => MintKeys | Promise<MintKeys>)
  /** Returns random octets. Default `crypto.getRandomValues`. Security: a weaker source makes tokens guessable. */
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined
}

/** The secret keys of a mint: the one for new tokens first. */
export type MintKeys = readonly (string | Uint8Array)[]

/** The mint that {@link createTokenMint} creates. */
export interface TokenMint {
  /**
   * Mints a token: the prefix, `_`, 46 random characters and 24 characters of checksum, all letters and digits. It can serve as
   * access token or refresh token, and needs no encoding in the `Authorization` header.
   */
  mint(): MaybePromise<string>
  /**
   * Whether a token was minted with one of the keys. It asks no store, and compares the checksum in constant time. You can pass
   * it on its own, as the option `lookup.isMinted`. Security: `true` means that the token was issued, not that it is active.
   * Only the store knows that.
   */
  readonly isMinted: (token: string) => MaybePromise<boolean>
  /** The pattern of the tokens for scanners: a regular expression without anchors. */
  readonly pattern: string
}

/** Only letters and digits: a double click selects the whole token, and it never needs encoding. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 46 characters, each with a probability of at most 5/256: guessing a token takes at least 2^261 attempts. */
const RANDOM_LENGTH = 46

/**
 * 24 characters: a guess of the checksum succeeds with a probability of 2^-136. That is better than half of the HMAC, which RFC
 * 2104 §5 requires.
 */
const CHECKSUM_LENGTH = 24

const KEY_MIN_BYTES = 32

/**
 * Creates a mint for opaque tokens with a keyed checksum. Guesses, typing errors and tokens of other servers do not have the
 * right checksum, so they are refused without a lookup. In addition, tokens have more than 256 random bits.
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
  const findHmacs = resolveHmacs(group)
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
      return andThen(findHmacs(), ([first]) => andThen(first(body), (mac) => body + toText(mac, CHECKSUM_LENGTH)))
    },
    isMinted(token) {
      if (!wholeToken.test(token)) return false
      const body = token.slice(0, -CHECKSUM_LENGTH)
      const checksum = token.slice(-CHECKSUM_LENGTH)
      return andThen(findHmacs(), (hmacs) =>
        // Nearly always the first key fits. On Node this needs no promise.
        andThen(hmacs[0](body), (mac) => {
          if (isEqual(checksum, toText(mac, CHECKSUM_LENGTH))) return true
          return hmacs.length === 1 ? false : isMintedWithAny(body, checksum, hmacs.slice(1))
        }),
      )
    },
  }
}

type Hmac = ReturnType<typeof hmacSha256>

/** One for each key, in the same order. */
type Hmacs = readonly [Hmac, ...Hmac[]]

function resolveHmacs(group: OptionGroup): FindValue<Hmacs> {
  const given = group.raw('keys')
  if (typeof given === 'function') {
    return createFinder(given as () => unknown, {
      path: group.path('keys'),
      wanted: `list of keys of at least ${KEY_MIN_BYTES} octets`,
      read: (keys) => readKeys(keys, group),
    })
  }
  const hmacs = readKeys(given, group)
  return () => hmacs
}

function readKeys(keys: unknown, group: OptionGroup): Hmacs {
  // Copied first, because `map` skips the holes of an array and a copy has `undefined` there.
  const list: readonly unknown[] = Array.isArray(keys) ? [...(keys as unknown[])] : []
  if (list.length === 0) throw group.error('keys', 'must be an array of at least one key')
  const hmacs = list.map((key, index) => {
    const octets = typeof key === 'string' ? new TextEncoder().encode(key) : key
    if (!(octets instanceof Uint8Array) || octets.length < KEY_MIN_BYTES) {
      throw group.error(`keys[${index}]`, `must be a string or Uint8Array of at least ${KEY_MIN_BYTES} octets`)
    }
    return hmacSha256(octets)
  })
  return hmacs as [Hmac, ...Hmac[]]
}

/** Makes one character from each octet. */
function toText(octets: Uint8Array, length: number): string {
  let text = ''
  for (const octet of octets.subarray(0, length)) text += ALPHABET.charAt(octet % ALPHABET.length)
  return text
}

/** Compares every character, wherever the first difference is. Both texts have the same length. */
function isEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}

function secureRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}
