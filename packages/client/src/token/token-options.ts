/** Options of step `token`. */
import type { TokenTypeHint } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'

/** A place in a request that a token may be in. */
export type TokenSource = 'header' | 'form' | 'query'

/** Step `token`: what is taken for a token, and from where. */
export interface TokenOptions {
  /**
   * Octets a token may have. A longer one is not asked about: `introspect` rejects with a {@link TokenTooLongError}, and a
   * guard answers 431. Node takes 16384 octets of header fields in all unless started with `--max-http-header-size`, so raise
   * both for longer tokens. Default 16384, from 64 to 65536.
   */
  readonly maxBytes?: number | undefined
  /**
   * Sent as `token_type_hint` with every call that gives no hint of its own; leave it out unless the authorization
   * server asks for it (RFC 7662 §2.1). Default none.
   */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /**
   * Where guards take tokens from: `header`, the `Authorization` field, always; `form`, a form in the body of POST, PUT or
   * PATCH (RFC 6750 §2.2); `query`, the URL (§2.3). A token in two of them is a broken request. Default `header` alone.
   *
   * Security: tokens in URLs end up in logs, histories and referrers, and clients must not send them there (RFC 9700
   * §4.3.2). Switch `query` on for old clients only.
   */
  readonly sources?: readonly TokenSource[] | undefined
}

/** The defaults of the step. */
export const tokenDefaults = Object.freeze({ maxBytes: 16_384 })

/** What the options come to. */
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
