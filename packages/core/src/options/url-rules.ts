/** Options that say which URLs may use plain http: `allowHttpOnLoopback` and `allowHttpOrigins`, the same everywhere. */
import type { OptionGroup } from './option-group.ts'
import { isLoopbackHost, type UrlRules } from '../values/issuer.ts'

/** Their names. */
export const URL_RULE_OPTIONS = ['allowHttpOnLoopback', 'allowHttpOrigins'] as const

/** Reads both, out of a group. */
export function resolveUrlRules(group: OptionGroup): UrlRules {
  const origins = group.strings('allowHttpOrigins')
  const wrong = origins?.find((origin) => !isHttpOrigin(origin))
  if (wrong !== undefined) {
    throw group.error(
      'allowHttpOrigins',
      `must be http origins: scheme, host and port, with nothing behind, such as ${httpOriginOf(wrong) ?? 'http://keycloak:8080'}`,
    )
  }
  return Object.freeze({
    allowHttpOnLoopback: group.boolean('allowHttpOnLoopback', false),
    allowHttpOrigins: origins && new Set(origins),
  })
}

/**
 * What to do about an http URL that was refused, to be added to the message of the error; empty for any other URL.
 *
 * @param group - the group that has the options.
 */
export function httpRemedy(value: unknown, group: Pick<OptionGroup, 'path'>): string {
  const origin = typeof value === 'string' ? httpOriginOf(value) : undefined
  if (origin === undefined) return ''
  if (isLoopbackHost(new URL(origin).hostname)) {
    return `; for http on this machine set ${group.path('allowHttpOnLoopback')}: true`
  }
  return `; for http inside a network you trust set ${group.path('allowHttpOrigins')}: ['${origin}']`
}

/** What to list for an http URL, without credentials, path and query; `undefined` for any other text. */
function httpOriginOf(value: string): string | undefined {
  if (!URL.canParse(value) || value.includes('*')) return undefined
  const { protocol, origin } = new URL(value)
  return protocol === 'http:' ? origin : undefined
}

/** As the URL parser would write it, because it is compared with that; an asterisk would stand for nothing but itself. */
function isHttpOrigin(value: string): boolean {
  return httpOriginOf(value) === value
}
