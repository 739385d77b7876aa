/** Options of handlers, stores and the fake authorization server. */
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationHandler,
} from '@token-introspection/server'
import { createPostgresTokenStore } from '@token-introspection/server/postgres'
import { createFakeAuthorizationServer } from '@token-introspection/testing'
import { any, type WrongConfiguration } from './wrong-configuration.ts'

const store = createMemoryTokenStore()

export const WRONG_SERVER_OPTIONS: readonly WrongConfiguration[] = [
  [
    'PostgreSQL without a pool',
    () => createPostgresTokenStore(any({ connectionString: 'x' })),
    ['connectionString: unknown option', 'did you mean pool?'],
  ],
  [
    'PostgreSQL without options',
    () => createPostgresTokenStore(any(undefined)),
    ['pool: is required', 'new Pool({ connectionString })'],
  ],
  [
    'handler without a store',
    () => handler({ lookup: {} }),
    ['lookup.store: give either store or resolvers', 'neither is given'],
  ],
  [
    'handler without callers',
    () => handler({ clientAuthentication: {} }),
    ['give either protectedResources or findProtectedResource', 'neither is given'],
  ],
  [
    'clientSecret for clientSecrets',
    () => registered({ id: 'a', clientSecret: 'x' }),
    ['protectedResources[0].clientSecret: unknown option', 'did you mean clientSecrets?'],
  ],
  [
    'protectedResources at the revocation endpoint',
    () => createRevocationHandler(any({ clientAuthentication: { protectedResources: [] }, lookup: { store } })),
    ['clientAuthentication.protectedResources: unknown option', 'did you mean clients?'],
  ],
  [
    'misspelt option of the fake server',
    () => createFakeAuthorizationServer(any({ clientID: 'x' })),
    ['clientID: unknown option', 'did you mean clientId?'],
  ],
]

function handler(changes: object): unknown {
  return createIntrospectionHandler(
    any({
      issuer: 'https://a.example',
      clientAuthentication: { protectedResources: [] },
      lookup: { store },
      ...changes,
    }),
  )
}

function registered(entry: object): unknown {
  return handler({ clientAuthentication: { protectedResources: [entry] } })
}
