/** The options of one call. */
import type { TokenTypeHint } from '@token-introspection/core'
import { checkOptionNames, copyOptions } from '@token-introspection/core/options'
import { positionFault } from './revocations/position-fault.ts'

/** Options of one call. */
export interface IntrospectOptions {
  /** Ends the call early. The call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Sent as `token_type_hint`. Leave it out unless the authorization server requires it (RFC 7662 §2.1). */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /**
   * Further parameters of the request, such as `resource` (RFC 7662 §2.1). Parameters that another option sets are not
   * allowed.
   */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /**
   * How many seconds old an answer may be for this call, at most what the `cache` option allows. The call also shares
   * no older request. 0 asks now, and keeps the fresh answer for others. Default the limit of the `cache` option; then
   * the call shares any current request.
   */
  readonly maxAgeSeconds?: number | undefined
  /**
   * The position of a revocation, which `revoke…()` of a token store gives: the answer must know of it. The client uses a
   * remembered answer if the feed has told it of this very revocation. Otherwise it asks now, and takes only an answer
   * that the server read after it. It needs the option `revocations`. Default none.
   */
  readonly notOlderThan?: string | undefined
  /**
   * `false` asks past the cache: the call uses no kept answer, shares no request, and keeps nothing, so answers that are
   * kept stay as they are. It is for looking at a token, as support does. Before you let a request pass, ask with
   * `maxAgeSeconds: 0` instead: its fresh answer replaces an older one. Default `true`.
   */
  readonly cache?: boolean | undefined
}

const CALL_OPTIONS = ['signal', 'tokenTypeHint', 'parameters', 'maxAgeSeconds', 'notOlderThan', 'cache'] as const

/**
 * Checks the options of one call.
 *
 * @throws TypeError that names the option that is unknown or wrong.
 */
export function checkCallOptions(options: IntrospectOptions): void {
  checkOptionNames('', options, CALL_OPTIONS)
  const { signal, tokenTypeHint, parameters, maxAgeSeconds, notOlderThan, cache } = options
  if (maxAgeSeconds !== undefined && !(typeof maxAgeSeconds === 'number' && maxAgeSeconds >= 0)) {
    throw new TypeError('maxAgeSeconds: must be a number of seconds, 0 or more')
  }
  const fault = notOlderThan === undefined ? undefined : positionFault(notOlderThan)
  if (fault !== undefined) throw new TypeError(`notOlderThan: ${fault}`)
  if (cache !== undefined && typeof cache !== 'boolean') throw new TypeError('cache: must be a boolean')
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted !== 'function') {
    throw new TypeError('signal: must be an AbortSignal')
  }
  if (tokenTypeHint !== undefined && (typeof tokenTypeHint !== 'string' || tokenTypeHint === '')) {
    throw new TypeError('tokenTypeHint: must be a non-empty string')
  }
  for (const [name, value] of Object.entries(copyOptions<object>('parameters', parameters))) {
    if (typeof value !== 'string') throw new TypeError(`parameters.${name}: must be a string`)
  }
}
