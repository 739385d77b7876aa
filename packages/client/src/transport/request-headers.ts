/** Options of step `transport`: header fields of every request. */
import { OptionGroup } from '@token-introspection/core/options'

/** Common firewall rules refuse requests without a `User-Agent` (RFC 9110 §10.1.5). */
const USER_AGENT = 'token-introspection-client'

/** A field name (RFC 9110 §5.1). */
const NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/

/** Allowed characters of a value (RFC 9110 §5.5): no line break, and no character that proxies read differently. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/**
 * Fields with a meaning for the client or for the framing of the message. Other values would contradict the client's
 * own.
 */
const RESERVED = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'dpop',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Reads `headers`: fields by lower-case name, including `user-agent`. */
export function resolveRequestHeaders(options: OptionGroup): Readonly<Record<string, string>> {
  const given = options.raw('headers')
  const names = typeof given === 'object' && given !== null ? Object.keys(given) : []
  const group = new OptionGroup(options.path('headers'), given, names)
  const headers: Record<string, string> = { 'user-agent': USER_AGENT }
  for (const name of names) {
    const field = name.toLowerCase()
    if (!NAME.test(name)) throw group.error(name, 'is not a name of a header field (RFC 9110 §5.1)')
    if (RESERVED.has(field)) throw group.error(name, 'is set by another option')
    if (names.some((other) => other !== name && other.toLowerCase() === field)) throw group.error(name, 'appears twice')
    const value = group.string(name)
    if (value === undefined) continue
    if (!VALUE.test(value)) throw group.error(name, 'must be visible ASCII characters, with spaces only between them')
    headers[field] = value
  }
  return Object.freeze(headers)
}
