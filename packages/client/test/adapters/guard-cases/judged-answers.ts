/** Answers of the authorization server that the guard judges, and challenges that depend on its options. */
import { absent, denied, insufficient, invalid, malformed, stepUp } from './expected-refusal.ts'
import type { RefusedCase } from './guard-case.ts'
import { everywhere } from './query-and-form.ts'
import { bearer, presenting } from './sent-request.ts'
import { audience, now, realm, scope, token } from './valid-token.ts'

const DEVICE_SECRET = 'urn:x-oath:params:oauth:token-type:device-secret'
const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }

export const judgedAnswers: readonly RefusedCase[] = [
  ['an inactive token', bearer, invalid, { members: { active: false } }],
  ['an expired token', bearer, invalid, { members: { exp: now - 60 } }],
  ['a token that is not valid yet', bearer, invalid, { members: { nbf: now + 600 } }],
  ['another audience', bearer, invalid, { members: { aud: 'https://other.example.com' } }],
  ['an audience that begins like the expected one', bearer, invalid, { members: { aud: `${audience}.evil.example` } }],
  ['no audience', bearer, invalid, { members: { aud: undefined } }],
  ['a refresh token', bearer, invalid, { members: { token_use: 'refresh_token' } }],
  ['an ID token', bearer, invalid, { members: { typ: 'ID' } }],
  ['a token of an unknown type', bearer, invalid, { guard: { audience: false }, members: { token_type: 'mac' } }],
  ['a device secret of Okta', bearer, invalid, { guard: { audience: false }, members: { token_type: DEVICE_SECRET } }],
  ['a kind that is not a string', bearer, invalid, { members: { token_use: ['access_token', 'refresh_token'] } }],
  [
    'no kind when the guard requires one',
    bearer,
    invalid,
    { guard: { tokenKind: { member: 'token_use', oneOf: ['access_token'] } } },
  ],
  ['another issuer than the guard accepts', bearer, invalid, { guard: { issuer: 'https://other.example.com' } }],
  ['a DPoP-bound token as a bearer token', bearer, invalid, { members: { cnf, token_type: 'DPoP' } }],
  ['a token of the type DPoP that is not bound', bearer, invalid, { members: { token_type: 'DPoP' } }],
  ['a certificate-bound token without its certificate', bearer, invalid, { members: { cnf: { 'x5t#S256': cnf.jkt } } }],
  ['a token bound in an unknown way', bearer, invalid, { members: { cnf: { kid: 'a' } } }],
  [
    'an inactive token in the query',
    { query: `?access_token=${token}` },
    invalid,
    { ...everywhere, members: { active: false } },
  ],
  ['too little scope', bearer, insufficient, { members: { scope: 'orders:write' } }],
  ['no scope', bearer, insufficient, { members: { scope: undefined } }],
  ['a scope that begins like the required one', bearer, insufficient, { members: { scope: `${scope}s` } }],
  ['a scope in other case', bearer, insufficient, { members: { scope: scope.toUpperCase() } }],
  [
    'a scope that the predicate refuses',
    bearer,
    { ...insufficient, challenge: `Bearer realm="${realm}", error="insufficient_scope"` },
    { guard: { scope: () => false } },
  ],
  [
    'other authorization details',
    bearer,
    { ...insufficient, challenge: `Bearer realm="${realm}", error="insufficient_scope"` },
    { guard: { authorizationDetails: { type: 'payment' } } },
  ],
  [
    'a login that is too weak',
    bearer,
    stepUp('acr_values="mfa"'),
    { guard: { acrValues: 'mfa' }, members: { acr: 'pwd' } },
  ],
  ['a token without acr', bearer, stepUp('acr_values="mfa pin"'), { guard: { acrValues: ['mfa', 'pin'] } }],
  [
    'a login that is too old',
    bearer,
    stepUp('max_age="60"'),
    { guard: { maxAuthenticationAgeSeconds: 60 }, members: { auth_time: now - 61 } },
  ],
  [
    'a login in the future',
    bearer,
    stepUp('max_age="60"'),
    { guard: { maxAuthenticationAgeSeconds: 60 }, members: { auth_time: now + 600 } },
  ],
  ['a login without auth_time', bearer, stepUp('max_age="60"'), { guard: { maxAuthenticationAgeSeconds: 60 } }],
  ['a check that returns false', bearer, denied, { guard: { check: () => false } }],
  ['a check that returns another value than true', bearer, denied, { guard: { check: () => 'yes' as never } }],
  [
    'no token when the guard has a metadata URL',
    {},
    {
      ...absent,
      challenge: `Bearer realm="${realm}", scope="${scope}", resource_metadata="https://orders.example.com/m"`,
    },
    { guard: { resourceMetadata: 'https://orders.example.com/m' } },
  ],
  [
    'no token when the realm has quotes',
    {},
    { ...absent, challenge: String.raw`Bearer realm="a \"b\", error=\\"` },
    { guard: { realm: String.raw`a "b", error=` + '\\' } },
  ],
  [
    'an inactive token when the token is optional',
    bearer,
    invalid,
    { guard: { optional: true }, members: { active: false } },
  ],
  ['broken credentials when the token is optional', presenting('Bearer a b'), malformed, { guard: { optional: true } }],
]
