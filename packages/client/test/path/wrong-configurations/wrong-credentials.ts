/** Credentials of the client that are missing, or that the authorization server refuses. */
import { clientSecretBasic } from '@token-introspection/client'
import { any, tell, type WrongConfiguration } from './wrong-configuration.ts'

export const WRONG_CREDENTIALS: readonly WrongConfiguration[] = [
  [
    'wrong secret',
    tell(() => ({ clientAuthentication: clientSecretBasic('orders-api', 'wrong') })),
    [
      '401 (invalid_client)',
      '/introspect',
      'client_secret_basic, client "orders-api"',
      'check the client identifier, the secret',
      '[ERR_TRANSPORT_UNAUTHORIZED]',
    ],
  ],
  [
    'empty secret',
    () => clientSecretBasic('orders-api', ''),
    ['clientSecret: ', 'an empty string', 'check that the variable is set'],
  ],
  [
    'secret of a variable that is not set',
    () => clientSecretBasic('orders-api', any(undefined)),
    ['clientSecret: ', 'not undefined', 'check that the variable is set'],
  ],
  [
    'no client authentication',
    tell(() => ({ clientAuthentication: undefined })),
    ['clientAuthentication: is required', 'such as clientSecretBasic('],
  ],
  [
    'client authentication as a plain object',
    tell(() => ({ clientAuthentication: { clientId: 'a', clientSecret: 'b' } })),
    ['clientAuthentication: ', 'such as clientSecretBasic('],
  ],
]
