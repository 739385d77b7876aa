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
      `must be an https URL without query and fragment (RFC 8414 §2)${httpRemedy(issuer, rulesGroup)}`,
    )
  }
  if (WELL_KNOWN.test(issuer)) {
    throw group.error('issuer', `is the URL of metadata; give the issuer itself: ${issuer.replace(WELL_KNOWN, '')}`)
  }
  return issuer
}
