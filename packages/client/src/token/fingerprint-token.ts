/** Step `token`: the cache key of an answer, which reveals nothing about the token (RFC 9700 §4.9.3). */
import { andThen, isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { FindSecret } from '@token-introspection/core/options'
import { sha256, sha256Key } from '#crypto'

/** Who asks whom, and for what. Answers are never shared between different values of these. */
export interface FingerprintScope {
  readonly issuer: string | undefined
  readonly endpoint: string | undefined
  readonly clientId: string | undefined
  /** How the client authenticates. */
  readonly method: string
  /** The requested media type. */
  readonly accept: string
  /**
   * Further settings that every answer depends on: a hint and parameters of every request, and tolerated deviations.
   */
  readonly manner?: string | undefined
}

/** Parts of a request that an answer may depend on, in addition to the token. */
export interface FingerprintVariant {
  readonly tokenTypeHint?: string | undefined
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** Digests a token, with everything that its answer depends on. */
export type FingerprintToken = (token: string, variant: FingerprintVariant) => MaybePromise<string>

/**
 * Creates the function that digests tokens: SHA-256 under a secret, so that a reader of a store can neither find a
 * token's entry nor guess a token. With a hint or extra parameters, a second digest follows after a dot. So the first
 * digest is the same for all answers about one token.
 *
 * @param findSecret - finds the secret, the same in every process that shares a store. With `undefined`, a random prefix is used, for a store
 * that only this client has.
 */
export function createFingerprint(scope: FingerprintScope, findSecret: FindSecret | undefined): FingerprintToken {
  let prefix: MaybePromise<string> | undefined
  const digest = findSecret === undefined ? sha256Key : sha256
  return (token, variant) => {
    // Created with the first token, because some runtimes have no randomness while they load.
    prefix ??= findSecret === undefined ? randomPrefix() : begin(findSecret)
    const isPlain = variant.tokenTypeHint === undefined && variant.parameters === undefined
    // The usual case is decided in a function without closures, because a function with one prepares for it in each call.
    return isPlain && typeof prefix === 'string' ? digest(prefix + token) : digestAll(prefix, token, variant)
  }

  function digestAll(
    start: MaybePromise<string>,
    token: string,
    { tokenTypeHint, parameters }: FingerprintVariant,
  ): MaybePromise<string> {
    const plain = andThen(start, (text) => digest(text + token))
    if (tokenTypeHint === undefined && parameters === undefined) return plain
    const variant = JSON.stringify([tokenTypeHint ?? null, sortedEntries(parameters)])
    // No token contains a line break, so no token can have the digest of a variant. It is begun when the first digest is
    // there: if the secret cannot be found, only one promise rejects.
    return andThen(plain, (first) =>
      andThen(start, (text) => andThen(digest(`${text}\n${variant}`), (second) => `${first}.${second}`)),
    )
  }

  /** Keeps the prefix when it is there. After a failure, the next token begins again. */
  function begin(find: FindSecret): MaybePromise<string> {
    const started = digestScope(scope, find)
    if (!isPromise(started)) return started
    return keep(started)
  }

  async function keep(started: Promise<string>): Promise<string> {
    try {
      return (prefix = await started)
    } catch (error) {
      prefix = undefined
      throw error
    }
  }
}

/** A digest has 32 characters in memory and 43 in a store. A longer key is two digests with a dot between them. */
const VARIANT_LENGTHS = [32, 43].map((length) => ({ whole: 2 * length + 1, first: length }))

/** The part of a fingerprint that is the same for every answer about one token. */
export function tokenPart(fingerprint: string): string {
  const variant = VARIANT_LENGTHS.find(({ whole }) => fingerprint.length === whole)
  return variant === undefined ? fingerprint : fingerprint.slice(0, variant.first)
}

/** Sixteen characters of base64url: enough to tell tokens apart, too few to find an entry in a store. */
export function shortFingerprint(fingerprint: string): string {
  const part = tokenPart(fingerprint)
  const text = part.length === 43 ? part : btoa(part.slice(0, 12)).replaceAll('+', '-').replaceAll('/', '_')
  return text.slice(0, 16)
}

function digestScope(scope: FingerprintScope, findSecret: FindSecret): MaybePromise<string> {
  const { issuer, endpoint, clientId, method, accept, manner } = scope
  const parts = [issuer ?? null, endpoint ?? null, clientId ?? null, method, accept]
  const all = manner === undefined ? parts : [...parts, manner]
  return andThen(findSecret(), (secret) => sha256(JSON.stringify([secret, ...all])))
}

function sortedEntries(parameters: FingerprintVariant['parameters']): [string, string][] {
  return Object.entries(parameters ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/**
 * 72 random bits in twelve characters. With a token of 43 characters, they fit into one block of SHA-256, which halves
 * the time.
 */
function randomPrefix(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(9))))
}
