/** Clients and guards that expect of a good token what it does not have. */
import { auth0 } from '@token-introspection/client/providers'
import { AUDIENCE } from './place.ts'
import { tell, type WrongConfiguration } from './wrong-configuration.ts'

export const WRONG_EXPECTATIONS: readonly WrongConfiguration[] = [
  [
    'no audience',
    tell(() => ({ audience: undefined })),
    ['guard.audience: is required', 'the identifier of this resource server, or false'],
  ],
  [
    'wrong audience',
    tell(() => ({ audience: 'https://order.example.com' })),
    ['unexpected aud "https://orders.example.com"', 'expected "https://order.example.com"'],
  ],
  [
    'scopes with a comma',
    tell(() => ({}), { scope: 'orders:read,orders:write' }),
    ['expected "orders:read,orders:write"', 'write "orders:read orders:write"'],
  ],
  [
    'preset of Auth0 with a client authentication',
    tell(() => ({ issuer: undefined, provider: auth0({ domain: 'acme.eu.auth0.com' }) })),
    ['not a signed JWT', 'jwt.mode is local', 'audience parameter'],
  ],
  [
    'preset of Auth0 and an opaque token',
    tell(() => ({
      issuer: undefined,
      audience: undefined,
      clientAuthentication: undefined,
      provider: auth0({ domain: 'acme.eu.auth0.com', audience: AUDIENCE }),
    })),
    ['not a signed JWT', 'jwt.mode is local', 'audience parameter'],
  ],
  [
    'clock an hour ahead',
    tell(() => ({ now: () => Date.now() + 3_600_000 })),
    ['exp is ', 'the clock of this resource server says', 'compare the two clocks'],
  ],
  [
    'clock an hour behind',
    tell(() => ({ now: () => Date.now() - 3_600_000 })),
    ['iat is ', 'the clock of this resource server says', 'time server', '[ERR_RESPONSE_UNTRUSTED]'],
  ],
]
