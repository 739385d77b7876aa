/** Walks of the ways in which a client authenticates. */
import * as client from '@token-introspection/client'
import type { OptionWalk } from '../../../src/option-walk/option-walk.ts'
import { pair, pkcs8 } from '../keys.ts'
import { never, nothing } from '../seams.ts'
import { issuer } from '../shared-values.ts'
import { walk } from '../walk.ts'
import { basic } from './client-options.ts'

const assertion = { lifetimeSeconds: 60, audience: issuer, typ: 'JWT', sendClientId: true }
const assertionOfRequest = { audienceFrom: 'endpoint' }

export const CLIENT_AUTHENTICATION_WALKS: readonly OptionWalk[] = [
  walk('clientSecretBasic', { encoding: 'raw' }, (options) => client.clientSecretBasic('a', 'b', options)),
  walk('clientSecretJwt (by the request)', assertionOfRequest, (options) =>
    client.clientSecretJwt('a', 's'.repeat(32), options),
  ),
  walk('clientSecretJwt', { algorithm: 'HS256', ...assertion }, (options) =>
    client.clientSecretJwt('a', 's'.repeat(32), options),
  ),
  walk(
    'clientAttestation',
    { attestation: never, key: pair.privateKey, algorithm: 'ES256', audience: issuer },
    (options) => client.clientAttestation('a', options),
  ),
  walk('privateKeyJwt (by the request)', assertionOfRequest, (options) =>
    client.privateKeyJwt('a', pair.privateKey, options),
  ),
  walk('privateKeyJwt', { algorithm: 'ES256', keyId: 'a', ...assertion }, (options) =>
    client.privateKeyJwt('a', pair.privateKey, options),
  ),
  walk('privateKeyJwtFromSigner (by the request)', assertionOfRequest, (options) =>
    client.privateKeyJwtFromSigner('a', { algorithm: 'ES256', sign: never } as never, options),
  ),
  walk(
    'privateKeyJwtFromSigner',
    { algorithm: 'ES256', keyId: 'a', sign: never },
    (signer) => client.privateKeyJwtFromSigner('a', signer),
    { path: 'signer' },
  ),
  walk('privateKeyJwtFromSigner (options)', assertion, (options) =>
    client.privateKeyJwtFromSigner('a', { algorithm: 'ES256', sign: never } as never, options),
  ),
  walk('rotatingClientSecret', { method: 'client_secret_basic', encoding: 'form' }, (options) =>
    client.rotatingClientSecret('a', () => 'b', options),
  ),
  walk('zitadelKeyFile (by the request)', assertionOfRequest, (options) =>
    client.zitadelKeyFile({ type: 'application', keyId: 'a', key: pkcs8, clientId: 'b' }, options),
  ),
  walk('zitadelKeyFile', assertion, (options) =>
    client.zitadelKeyFile({ type: 'application', keyId: 'a', key: pkcs8, clientId: 'b' }, options),
  ),
  walk(
    'clientCredentials',
    { clientAuthentication: basic, tokenEndpoint: `${issuer}/token`, scope: 'a', parameters: { resource: 'x' } },
    client.clientCredentials,
    { path: 'clientCredentials', open: ['parameters'] },
  ),
  walk(
    'customClientAuthentication',
    { method: 'mine', clientId: 'a', cacheKeyPart: 'b', authenticate: nothing, signRequest: nothing, renew: nothing },
    client.customClientAuthentication,
  ),
  walk('dangerouslyNoClientAuthentication', { clientId: 'a' }, client.dangerouslyNoClientAuthentication),
]
