/** Options of step `token`. */
import type { TokenTypeHint } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'

/** A place in a request that may hold a token. */
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
   * `header` alone.
   *
   * Security: tokens in URLs end up in logs, histories and referrers, and clients must not send them there (RFC 9700
   * §4.3.2). Use `query` only for old clients.
   */
  readonly sources?: readonly TokenSource[] | undefined
}

/** The defaults of the step. */
export const tokenDefaults = Object.freeze({ maxBytes: 16_384 })

/** The resolved options. */
export interface ResolvedTokenOptions {
  readonly maxBytes: number
  readonly tokenTypeHint: TokenTypeHint | undefined
  readonly sources: { readonly form: boolean; readonly query: boolean }
}

/** Reads the options of the client. */
export function resolveToken(options: OptionGroup): ResolvedTokenOptions {
  const group = new OptionGroup('token', options.raw('token'), ['maxBytes', 'tokenTypeHint', 'sources'])
  const sources = group.strings('sources') ?? ['header']
  if (!sources.includes('header') || !sources.every((source) => ['header', 'form', 'query'].includes(source))) {
    throw group.error('sources', 'must be header, and form or query beside it')
  }
  return {
    maxBytes: group.integer('maxBytes', { default: tokenDefaults.maxBytes, min: 64, max: 65_536 }),
    tokenTypeHint: group.string('tokenTypeHint'),
    sources: Object.freeze({ form: sources.includes('form'), query: sources.includes('query') }),
  }
}
