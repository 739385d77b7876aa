/** Options that say which URLs may use plain http: `allowHttpOnLoopback` and `allowHttpOrigins`, the same everywhere. */
import type { OptionGroup } from './option-group.ts'
import { isLoopbackHost, type UrlRules } from './values/issuer.ts'

/** Their names. */
export const URL_RULE_OPTIONS = ['allowHttpOnLoopback', 'allowHttpOrigins'] as const

/** Reads both, out of a group. */
export function resolveUrlRules(group: OptionGroup): UrlRules {
  const origins = group.strings('allowHttpOrigins')
  if (origins?.every(isHttpOrigin) === false) {
    throw group.error('allowHttpOrigins', 'must be origins such as http://keycloak:8080, as a browser would write them')
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
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol !== 'http:') return ''
  if (isLoopbackHost(url.hostname)) return `; for http on this machine set ${group.path('allowHttpOnLoopback')}`
  return `; for http inside a network you trust, list its origin in ${group.path('allowHttpOrigins')}`
}

/** As the URL parser would write it, because it is compared with that; an asterisk would stand for nothing but itself. */
function isHttpOrigin(value: string): boolean {
  if (!URL.canParse(value) || value.includes('*')) return false
  const url = new URL(value)
  return url.protocol === 'http:' && url.origin === value
}
