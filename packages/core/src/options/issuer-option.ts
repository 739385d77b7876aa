/** An issuer identifier as an option. The client and the server read it alike. */
import { isIssuer, type UrlRules } from '../values/issuer.ts'
import type { OptionGroup } from './option-group.ts'
import { httpRemedy } from './url-rules.ts'

/** The part of a metadata URL that is no part of the issuer, at its end or before its path (RFC 8414 §3.1). */
const WELL_KNOWN = /\/\.well-known\/(?:oauth-authorization-server|openid-configuration)(?=\/|$)/

/**
 * Reads the option `issuer` of a group; `undefined` when the caller did not give it.
 *
 * @param rulesGroup - the group that holds the options about http, for the remedy.
 * @throws TypeError that names the option, when it is no issuer identifier, or the URL of an issuer's metadata.
 */
export function resolveIssuer(
  group: OptionGroup,
  urlRules: UrlRules,
  rulesGroup: OptionGroup = group,
): string | undefined {
  const issuer = group.string('issuer')
  if (issuer === undefined) return undefined
  if (!isIssuer(issuer, urlRules)) {
    throw group.error(
      'issuer',
      `must be an https URL without query and fragment (RFC 8414 §2)${sayFaults(issuer)}${httpRemedy(issuer, rulesGroup)}`,
    )
  }
  if (WELL_KNOWN.test(issuer)) {
    throw group.error('issuer', `is the URL of metadata; give the issuer itself: ${issuer.replace(WELL_KNOWN, '')}`)
  }
  return issuer
}

/** What keeps a text from being an issuer identifier. The text may be a secret in the wrong place, so it is not quoted. */
const FAULTS = [
  [/^(?![a-z][a-z\d+.-]*:\/\/)/i, 'no scheme in front, such as https://'],
  [/^(?!https?:)[a-z][a-z\d+.-]*:\/\//i, 'another scheme'],
  [/^[^/]*:\/\/[^/?#]*@/, 'credentials'],
  [/^[^#]*\?/, 'a query'],
  [/#/, 'a fragment'],
  [/\\/, 'a backslash'],
  [/[\s\x00-\x1f\x7f]/, 'white space or a control character'],
] as const

/** The faults as the end of a sentence; empty when none of them is there. */
function sayFaults(issuer: string): string {
  const found = FAULTS.filter(([pattern]) => pattern.test(issuer)).map(([, fault]) => fault)
  return found.length === 0 ? '' : `; this one has ${found.join(', and ')}`
}
