/** Scenarios of valid answers that must not let a request pass. */
import { answer, goodBut } from '../answers.ts'
import { goodAnswer } from '../hostile-exchange.ts'
import { type HostileScenario, scenarios } from '../hostile-scenario.ts'

const THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'

/** Active for another audience, of another kind, bound to a key, active with too little scope, or inactive. */
export const poorAnswers: readonly HostileScenario[] = [
  ...scenarios({ expected: 'refuse', why: 'The token is not for this resource server.', clause: 'RFC 9700 §2.3' }, [
    ['aud-nothing-but-active', 'nothing but active', answer(() => ({ active: true }))],
    ['aud-missing', 'no audience', goodBut({ aud: undefined })],
    ['aud-empty', 'an empty list of audiences', goodBut({ aud: [] })],
    ['aud-other', 'another audience', goodBut({ aud: 'https://other.example.com' })],
    [
      'aud-inside',
      'an audience that contains ours',
      goodBut(({ audience }) => ({ aud: `https://evil.example/?${audience}` })),
    ],
    ['aud-slash', 'an audience with a slash at the end', goodBut(({ audience }) => ({ aud: `${audience}/` }))],
  ]),
  ...scenarios({ expected: 'refuse', why: 'It is not an access token.', clause: 'RFC 7662 §4' }, [
    ['kind-refresh-type', 'a refresh token by its type', goodBut({ token_type: 'refresh_token' })],
    ['kind-refresh-use', 'a refresh token by its use', goodBut({ token_use: 'refresh_token' })],
    ['kind-id-token', 'an ID token by its typ', goodBut({ typ: 'ID' })],
  ]),
  ...scenarios(
    { expected: 'refuse', why: 'The request does not prove possession of the bound key.', clause: 'RFC 7800 §3.1' },
    [
      ['cnf-dpop', 'a token bound to a DPoP key', goodBut({ cnf: { jkt: THUMBPRINT } }), { clause: 'RFC 9449 §7' }],
      [
        'cnf-certificate',
        'a token bound to a certificate',
        goodBut({ cnf: { 'x5t#S256': THUMBPRINT } }),
        { clause: 'RFC 8705 §3' },
      ],
      ['cnf-unknown', 'a token bound in an unknown way', goodBut({ cnf: { 'urn:example': 1 } })],
      ['cnf-dpop-missing', 'a DPoP token without its key', goodBut({ token_type: 'DPoP' }), { clause: 'RFC 9449 §7' }],
    ],
  ),
  ...scenarios(
    {
      expected: 'insufficient_scope',
      why: 'The token lacks the required scope.',
      clause: 'RFC 6749 §3.3',
    },
    [
      ['scope-missing', 'no scope', goodBut({ scope: undefined })],
      ['scope-empty', 'an empty scope', goodBut({ scope: '' })],
      ['scope-prefix', 'a scope that begins with ours', goodBut(({ scope }) => ({ scope: `${scope}:all` }))],
      ['scope-capitals', 'the scope in capitals', goodBut(({ scope }) => ({ scope: scope.toUpperCase() }))],
      ['scope-commas', 'scopes with commas between', goodBut(({ scope }) => ({ scope: `a,${scope}` }))],
    ],
  ),
  ...scenarios({ expected: 'inactive', why: 'The server says that the token is inactive.', clause: 'RFC 7662 §2.2' }, [
    ['inactive', 'inactive', answer(() => ({ active: false }))],
    ['inactive-members', 'inactive with members', goodBut({ active: false })],
    [
      'inactive-broken',
      'inactive with broken members',
      answer(() => ({ active: false, exp: 'soon', aud: 5, scope: [] })),
    ],
    [
      'inactive-unsupported',
      'a token kind the server does not keep',
      answer(() => ({ error: 'unsupported_token_type' }), { status: 400 }),
      { why: 'A server that does not support this kind of token cannot call one active.', clause: 'RFC 7009 §2.2.1' },
    ],
    [
      'inactive-smuggled',
      'inactive, followed by a second answer',
      (exchange) => {
        const smuggled = JSON.stringify(goodAnswer(exchange))
        const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(smuggled)}\r\n\r\n`
        exchange.response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': 16 })
          .end(`{"active":false}${head}${smuggled}`)
      },
      { why: 'Data after the answer belongs to no request.', clause: 'RFC 9112 §9.2' },
    ],
  ]),
  ...scenarios({ expected: 'inactive', why: 'Its dates say that it is not valid now.', clause: 'RFC 7662 §4' }, [
    ['exp-past', 'exp past', goodBut(({ now }) => ({ exp: now - 5 }))],
    ['exp-long-past', 'exp long past', goodBut({ exp: 1 })],
    ['exp-zero', 'exp 0', goodBut({ exp: 0 })],
    ['nbf-ahead', 'nbf ahead', goodBut(({ now }) => ({ nbf: now + 30 }))],
  ]),
]
