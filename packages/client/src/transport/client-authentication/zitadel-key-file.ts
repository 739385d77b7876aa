/** `private_key_jwt` with the key file that ZITADEL gives its API applications. */
import { checkOptionNames, OptionGroup } from '@token-introspection/core/options'
import { ASSERTION_OPTIONS, type AssertionOptions } from './assertion-options.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import { privateKeyJwt } from './private-key-jwt.ts'
import { toPkcs8Pem } from './to-pkcs8-pem.ts'

/** The key file of an API application, as downloaded. */
export interface ZitadelKeyFile {
  /** `application`. The key of a service account cannot introspect. */
  readonly type: string
  readonly keyId: string
  /** The private RSA key as PEM: PKCS #1, as ZITADEL makes it, or PKCS #8. */
  readonly key: string
  readonly clientId: string
  readonly appId?: string | undefined
}

/**
 * Authenticates with `private_key_jwt` and a key file of ZITADEL, on every runtime, by RS256 and with the issuer of the
 * client as audience. Otherwise like {@link privateKeyJwt}.
 *
 * @param file - the text of the file, or the parsed object.
 * @throws TypeError that names the member that is missing or wrong, also for the key of a service account; when the
 * client is created, if it has no issuer and there is no `audience`.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { IntrospectionClient, zitadelKeyFile } from '@token-introspection/client'
 * import { zitadel } from '@token-introspection/client/providers'
 *
 * export const introspection = new IntrospectionClient({
 *   provider: zitadel({ domain: 'acme-a1b2c3.zitadel.cloud' }),
 *   clientAuthentication: zitadelKeyFile(readFileSync('orders-api.json', 'utf8')),
 * })
 * ```
 */
export function zitadelKeyFile(file: string | ZitadelKeyFile, options: AssertionOptions = {}): ClientAuthentication {
  const { type, keyId: kid, key: pem, clientId } = parse(file)
  checkOptionNames('', options, ASSERTION_OPTIONS)
  // Other members of the file are ignored.
  const group = new OptionGroup('file', { type, keyId: kid, key: pem, clientId }, ['type', 'keyId', 'key', 'clientId'])
  if (group.string('type') !== 'application') {
    throw group.error('type', 'must be application: the key of an API application, with the method private_key_jwt')
  }
  const keyId = required(group, 'keyId')
  const key = toPkcs8Pem(required(group, 'key'))
  if (key === undefined) throw group.error('key', 'must be a private RSA key as PEM')
  return privateKeyJwt(required(group, 'clientId'), key, {
    ...options,
    algorithm: 'RS256',
    keyId,
  })
}

function parse(file: string | ZitadelKeyFile): { readonly [member: string]: unknown } {
  let parsed: unknown = file
  if (typeof file === 'string') {
    try {
      parsed = JSON.parse(file)
    } catch {
      // The parser's message quotes the text, which holds the key.
    }
  }
  if (typeof parsed !== 'object' || parsed === null) throw new TypeError('file: must be the JSON of a key file')
  return { ...parsed }
}

function required(group: OptionGroup, name: string): string {
  const value = group.string(name)
  if (value === undefined) throw group.error(name, 'is required')
  return value
}
