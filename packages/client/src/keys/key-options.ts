/** Options of steps that verify signatures: `algorithms`, `profile`, `jwks`, `jwksUri`. */
import {
  FAPI2_SIGNATURE_ALGORITHMS,
  isBoundedKey,
  isSecureUrl,
  MAX_RSA_BITS,
  SIGNATURE_ALGORITHMS,
} from '@token-introspection/core'
import { httpRemedy, OptionGroup } from '@token-introspection/core/options'
import type { JSONWebKeySet } from 'jose'
import { fixedKeySource, type KeySource } from './key-source.ts'
import { RemoteKeySource, type RemoteKeySettings } from './remote-key-source.ts'

/** The group that messages name. */
const TRANSPORT = new OptionGroup('transport', undefined, [])

/** The settings of the client that fetching keys needs. */
export interface KeyContext extends Omit<RemoteKeySettings, 'findUri'> {
  /** Finds the URL of the keys in the metadata. */
  readonly findJwksUri: () => Promise<string>
}

/** Resolves `profile` and `algorithms`. The default profile allows every algorithm with a public key. */
export function resolveAlgorithms(group: OptionGroup, ordinary: string): readonly string[] {
  const profile = group.oneOf('profile', [ordinary, 'fapi2'], ordinary)
  const possible: readonly string[] = profile === 'fapi2' ? FAPI2_SIGNATURE_ALGORITHMS : SIGNATURE_ALGORITHMS
  const algorithms = group.strings('algorithms') ?? possible
  if (algorithms.length === 0 || !algorithms.every((algorithm) => possible.includes(algorithm))) {
    throw group.error('algorithms', `must hold some of ${possible.join(', ')}`)
  }
  return algorithms
}

/** Resolves `jwks` or `jwksUri`. Without either, the metadata name the URL. */
export function resolveKeys(group: OptionGroup, context: KeyContext): KeySource {
  const jwksUri = group.string('jwksUri')
  if (group.has('jwks')) {
    if (jwksUri !== undefined) throw group.error('jwks', 'give this or jwksUri, not both')
    return fixedKeySource(resolveKeySet(group))
  }
  if (jwksUri !== undefined && !(URL.canParse(jwksUri) && isSecureUrl(new URL(jwksUri), context.urlRules))) {
    throw group.error('jwksUri', `must be an https URL${httpRemedy(jwksUri, TRANSPORT)}`)
  }
  const { findJwksUri } = context
  return new RemoteKeySource({
    ...context,
    findUri: jwksUri === undefined ? findJwksUri : () => Promise.resolve(jwksUri),
  })
}

function resolveKeySet(group: OptionGroup): JSONWebKeySet {
  const keys = (group.raw('jwks') as JSONWebKeySet | null)?.keys
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isPublicJwk)) {
    throw group.error('jwks', 'must be a JWK set of public keys')
  }
  if (!keys.every(isBoundedKey)) {
    throw group.error('jwks', `must hold RSA keys of at most ${MAX_RSA_BITS} bits, with an exponent of at most 64`)
  }
  return structuredClone({ keys })
}

function isPublicJwk(value: unknown): boolean {
  const { kty, d } = (value ?? {}) as { kty?: unknown; d?: unknown }
  return typeof kty === 'string' && kty !== 'oct' && d === undefined
}
