/** Options of step `token`. */
import type { TokenTypeHint } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { type CookieOptions, type CookieSource, resolveCookie } from './cookie-options.ts'

/** A place of the standard that may hold a token (RFC 6750 §2). */
export type TokenSource = 'header' | 'form' | 'query'

/** Step `token`: which tokens guards accept, and where they read them. */
export interface TokenOptions {
  /**
   * The highest number of octets of a token. For a longer one the client sends no request: `introspect` rejects with a
   * {@link TokenTooLongError}, and a guard answers 431. Node accepts 16384 octets of header fields in total unless
   * started with `--max-http-header-size`, so raise both for longer tokens. Default 16384, from 64 to 65536.
   */
  readonly maxBytes?: number | undefined
  /**
   * Sent as `token_type_hint` with every call that has no hint of its own. Leave it out unless the authorization server
   * requires it (RFC 7662 §2.1). Default none.
   */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /**
   * Where guards read tokens: `header`, the `Authorization` field, always; `form`, a form in the body of POST, PUT or
   * PATCH (RFC 6750 §2.2); `query`, the URL (§2.3). A request with a token in two of them is answered 400. Default
   * `header` alone. With `fields` or `cookie` the list may be without `header`, and even empty: guards then ignore the
   * `Authorization` field.
   *
   * Security: tokens in URLs end up in logs, histories and referrers, and clients must not send them there (RFC 9700
   * §4.3.2). Use `query` only for old clients.
   */
  readonly sources?: readonly TokenSource[] | undefined
  /**
   * Names of header fields, in any case, in which a gateway sends the token: with or without `Bearer` before it. They count
   * like `sources`: a token in two places is answered 400. Default none.
   *
   * Security: the gateway has to remove these fields from the requests that it receives. Otherwise a sender can choose
   * another token than the one that the gateway has looked at.
   */
  readonly fields?: readonly string[] | undefined
  /** A cookie with the token. It counts like `sources`: a token in two places is answered 400. Default none. */
  readonly cookie?: CookieOptions | undefined
}

/** The defaults of the step. */
export const tokenDefaults = Object.freeze({ maxBytes: 16_384 })

/** The resolved options. */
export interface ResolvedTokenOptions {
  readonly maxBytes: number
  readonly tokenTypeHint: TokenTypeHint | undefined
  readonly sources: ResolvedSources
}

/** The places from which guards read tokens. */
export interface ResolvedSources {
  readonly header: boolean
  readonly form: boolean
  readonly query: boolean
  /** Names of header fields in lower case. */
  readonly fields: readonly string[]
  readonly cookie: CookieSource | undefined
}

/** The options that say where a token is. */
const SOURCE_OPTIONS = ['sources', 'fields', 'cookie'] as const

/** Fields that have a meaning of their own, in which no gateway sends a token alone. */
const TAKEN = new Set(['authorization', 'cookie', 'dpop', 'host', 'origin', 'proxy-authorization'])
const FIELD_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/

/** Reads the options of the client. */
export function resolveToken(options: OptionGroup): ResolvedTokenOptions {
  const group = new OptionGroup('token', options.raw('token'), ['maxBytes', 'tokenTypeHint', ...SOURCE_OPTIONS])
  return {
    maxBytes: group.integer('maxBytes', { default: tokenDefaults.maxBytes, min: 64, max: 65_536 }),
    tokenTypeHint: group.string('tokenTypeHint'),
    sources: resolveSources(group),
  }
}

/** Reads where a token is, from a group that may have more options. */
export function resolveSources(group: OptionGroup): ResolvedSources {
  const fields = resolveFields(group)
  const cookie = resolveCookie(group)
  const sources = group.strings('sources') ?? ['header']
  const isElsewhere = fields.length > 0 || cookie !== undefined
  if (!sources.every((source) => ['header', 'form', 'query'].includes(source))) {
    throw group.error('sources', 'must be some of header, form and query')
  }
  if (!sources.includes('header') && !isElsewhere) {
    throw group.error('sources', 'must have header, unless there is fields or cookie')
  }
  return Object.freeze({
    header: sources.includes('header'),
    form: sources.includes('form'),
    query: sources.includes('query'),
    fields,
    cookie,
  })
}

function resolveFields(group: OptionGroup): readonly string[] {
  const names = (group.strings('fields') ?? []).map((name) => name.toLowerCase())
  const wrong = names.find((name) => TAKEN.has(name) || !FIELD_NAME.test(name))
  if (wrong !== undefined) {
    throw group.error('fields', 'must be names of fields that hold a token alone, such as x-forwarded-access-token')
  }
  return Object.freeze([...new Set(names)])
}
