/** Reads where the public keys of a party are: `jwks` or `jwksUri`. */
import { isBoundedKey, isSecureUrl, MAX_RSA_BITS, type UrlRules } from '@token-introspection/core'
import { httpRemedy, OptionGroup } from '@token-introspection/core/options'
import type { JSONWebKeySet } from 'jose'
import type { KeyHolder } from '../keys/jwks-loader.ts'

/** Copies a key set, or keeps it. */
export type TakeKeys = (keys: JSONWebKeySet) => JSONWebKeySet

/** Members of a JWK that a public key must not have (RFC 7518 §6). */
export const PRIVATE_MEMBERS = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv']

/** @throws TypeError naming the option when a key is not public, or both are given. */
export function readKeyHolder(group: OptionGroup, take: TakeKeys, urlRules: UrlRules): KeyHolder {
  const jwks = readJwks(group, take)
  const jwksUri = readJwksUri(group, urlRules)
  if (jwks !== undefined && jwksUri !== undefined)
    throw group.error('jwksUri', 'give either jwksUri or jwks; both are given')
  return { jwks, jwksUri }
}

function readJwks(group: OptionGroup, take: TakeKeys): JSONWebKeySet | undefined {
  const jwks = group.raw('jwks') as JSONWebKeySet | undefined
  if (jwks === undefined) return undefined
  if (!Array.isArray(jwks?.keys) || jwks.keys.length === 0 || jwks.keys.some((key) => typeof key?.kty !== 'string')) {
    throw group.error('jwks', 'must be a JWK set with at least one key (RFC 7517 §5)')
  }
  if (jwks.keys.some((key) => PRIVATE_MEMBERS.some((member) => member in key))) {
    throw group.error('jwks', 'must hold public keys only')
  }
  if (!jwks.keys.every(isBoundedKey)) {
    throw group.error('jwks', `must hold RSA keys of at most ${MAX_RSA_BITS} bits, with an exponent of at most 64`)
  }
  return take(jwks)
}

/** A list is copied once. Later changes to its keys have no effect. */
export function copyKeys(jwks: JSONWebKeySet): JSONWebKeySet {
  const keys = structuredClone(jwks.keys)
  return Object.freeze({ keys: Object.freeze(keys) as typeof keys })
}

/** The options that allow http are at the top of the options of the handler. */
const HANDLER = new OptionGroup('', undefined, [])

function readJwksUri(group: OptionGroup, urlRules: UrlRules): string | undefined {
  const uri = group.string('jwksUri')
  if (uri !== undefined && !(URL.canParse(uri) && isSecureUrl(new URL(uri), urlRules))) {
    throw group.error('jwksUri', `must be an https URL${httpRemedy(uri, HANDLER)}; or give the keys as jwks`)
  }
  return uri
}
