/**
 * Reads the options that allow plain http, `allowHttpOnLoopback` and `allowHttpOrigins`. They are the same everywhere.
 */
import type { OptionGroup } from './option-group.ts'
import { isLoopbackHost, type UrlRules } from '../values/issuer.ts'

/** The names of the two options. */
export const URL_RULE_OPTIONS = ['allowHttpOnLoopback', 'allowHttpOrigins'] as const

/** Reads both options from a group. */
export function resolveUrlRules(group: OptionGroup): UrlRules {
  const origins = group.strings('allowHttpOrigins')
  const wrong = origins?.find((origin) => !isHttpOrigin(origin))
  if (wrong !== undefined) {
    throw group.error(
      'allowHttpOrigins',
      `must be http origins: scheme, host and port, without a path or a slash after it, such as ${httpOriginOf(wrong) ?? 'http://keycloak:8080'}`,
    )
  }
  return Object.freeze({
    allowHttpOnLoopback: group.boolean('allowHttpOnLoopback', false),
    allowHttpOrigins: origins && new Set(origins),
  })
}

/**
 * The remedy for a refused http URL, to append to the error message. Empty for any other URL.
 *
 * @param group - the group that holds the two options.
 */
export function httpRemedy(value: unknown, group: Pick<OptionGroup, 'path'>): string {
  const origin = typeof value === 'string' ? httpOriginOf(value) : undefined
  if (origin === undefined) return ''
  if (isLoopbackHost(new URL(origin).hostname)) {
    return `; for http on this machine set ${group.path('allowHttpOnLoopback')}: true`
  }
  return `; for http inside a network you trust set ${group.path('allowHttpOrigins')}: ['${origin}']`
}

/** The origin to allow for an http URL, without credentials, path and query. `undefined` for any other text. */
function httpOriginOf(value: string): string | undefined {
  if (!URL.canParse(value) || value.includes('*')) return undefined
  const { protocol, origin } = new URL(value)
  return protocol === 'http:' ? origin : undefined
}

/**
 * The origin must be spelt as the URL parser writes it, because it is compared with the parser's output. An asterisk is
 * no wildcard, so it is refused.
 */
function isHttpOrigin(value: string): boolean {
  return httpOriginOf(value) === value
}
