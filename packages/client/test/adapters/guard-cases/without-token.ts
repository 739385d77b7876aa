/** Requests without a token in a place that counts. */
import { absent } from './expected-refusal.ts'
import type { RefusedCase } from './guard-case.ts'
import { everywhere } from './query-and-form.ts'
import { posting, presenting } from './sent-request.ts'
import { token } from './valid-token.ts'

export const withoutToken: readonly RefusedCase[] = [
  ['no token', {}, absent],
  ['no token with HEAD', { method: 'HEAD' }, absent],
  ['no token with DELETE', { method: 'DELETE' }, absent],
  ['another scheme', presenting('Basic Zm9vOmJhcg=='), absent],
  ['a scheme that begins like Bearer', presenting(`BearerX ${token}`), absent],
  ['DPoP when the guard does not accept it', presenting(`DPoP ${token}`), absent],
  ['an empty field', presenting(''), absent],
  ['a token in the query', { query: `?access_token=${token}` }, absent],
  ['a token in the form', posting(`access_token=${token}`), absent],
  ['a token in a cookie', { fields: [['Cookie', `access_token=${token}; Authorization=Bearer ${token}`]] }, absent],
  [
    'a token in JSON',
    { method: 'POST', body: `{"access_token":"${token}"}`, fields: [['content-type', 'application/json']] },
    absent,
    everywhere,
  ],
  ['a token in the body of a DELETE', { ...posting(`access_token=${token}`), method: 'DELETE' }, absent, everywhere],
  ['OPTIONS without preflight fields', { method: 'OPTIONS' }, absent],
  ['OPTIONS with only Origin', { method: 'OPTIONS', fields: [['Origin', 'https://a.example']] }, absent],
  ['OPTIONS without Origin', { method: 'OPTIONS', fields: [['Access-Control-Request-Method', 'GET']] }, absent],
  [
    'OPTIONS with an empty Origin',
    {
      method: 'OPTIONS',
      fields: [
        ['Origin', ''],
        ['Access-Control-Request-Method', 'GET'],
      ],
    },
    absent,
  ],
  [
    'a POST with the fields of a preflight',
    {
      method: 'POST',
      fields: [
        ['Origin', 'https://a.example'],
        ['Access-Control-Request-Method', 'GET'],
      ],
    },
    absent,
  ],
  [
    'a POST with X-HTTP-Method-Override and the fields of a preflight',
    {
      fields: [
        ['X-HTTP-Method-Override', 'OPTIONS'],
        ['Origin', 'https://a.example'],
        ['Access-Control-Request-Method', 'GET'],
      ],
    },
    absent,
  ],
]
