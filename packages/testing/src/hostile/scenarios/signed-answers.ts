/** Scenarios for a client that asks for signed answers (RFC 9701). */
import { answer, goodBut } from '../answers.ts'
import { credentialsIn, goodAnswer, type HostileExchange } from '../hostile-exchange.ts'
import { type HostileScenario, scenarios } from '../hostile-scenario.ts'
import { type SignedAnswerChanges, signedAnswer } from '../signing.ts'

const MEDIA_TYPE = { headers: { 'content-type': 'application/token-introspection+jwt' } }

const INCOMPLETE = { expected: 'malformed', why: 'A required member is missing.' } as const

function signed(changes: SignedAnswerChanges | ((exchange: HostileExchange) => SignedAnswerChanges) = {}) {
  return answer(
    (exchange) => signedAnswer(exchange, typeof changes === 'function' ? changes(exchange) : changes),
    MEDIA_TYPE,
  )
}

/** Signed answers, good and bad. */
export const signedAnswers: readonly HostileScenario[] = [
  ...scenarios({ asks: 'jwt', expected: 'accept', why: 'The answer is good.', clause: 'RFC 9701 §5' }, [
    ['jwt-good', 'a signed answer', signed()],
  ]),
  ...scenarios(
    { asks: 'jwt', expected: 'untrusted', why: 'The key of the issuer did not sign it.', clause: 'RFC 8725 §3.1' },
    [
      ['jwt-none', 'alg none', signed({ header: { alg: 'none' }, signature: 'none' })],
      ['jwt-none-capitals', 'alg nOnE', signed({ header: { alg: 'nOnE' }, signature: 'none' })],
      ['jwt-unsigned', 'RS256 and no signature', signed({ signature: 'none' })],
      ['jwt-zeros', 'RS256 and a signature of zeros', signed({ signature: 'zeros' })],
      ['jwt-other-key', 'a signature by another key', signed({ signature: 'foreign' })],
      ['jwt-other-key-id', 'another key with a kid of its own', signed({ header: { kid: 'x' }, signature: 'foreign' })],
      [
        'jwt-hs256',
        'HS256 with the public key as the secret',
        signed({ header: { alg: 'HS256' }, signature: 'hmac' }),
        { clause: 'RFC 8725 §2.1' },
      ],
      [
        'jwt-embedded-key',
        'a key in the header, and a signature with that key',
        signed({ header: { jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' }, kid: undefined }, signature: 'foreign' }),
        { clause: 'RFC 8725 §3.10' },
      ],
    ],
  ),
  ...scenarios(
    { asks: 'jwt', expected: 'untrusted', why: 'It is a JWT for another purpose.', clause: 'RFC 8725 §3.11' },
    [
      [
        'jwt-typ-id-token',
        'an ID token instead of the answer',
        signed(({ issuer, now }) => ({
          header: { typ: 'JWT' },
          claims: { token_introspection: undefined, sub: 'alice', iss: issuer, exp: now + 3600, active: true },
        })),
      ],
      ['jwt-typ-access-token', 'typ at+jwt', signed({ header: { typ: 'at+jwt' } })],
      ['jwt-typ-missing', 'no typ', signed({ header: { typ: undefined } })],
    ],
  ),
  ...scenarios(
    {
      asks: 'jwt',
      expected: 'untrusted',
      why: 'The answer is for another client, or from another issuer.',
      clause: 'RFC 9701 §5',
    },
    [
      ['jwt-aud-other', 'another aud', signed({ claims: { aud: 'another-api' } })],
      ['jwt-aud-missing', 'no aud', signed({ claims: { aud: undefined } }), INCOMPLETE],
      ['jwt-iss-other', 'another iss', signed({ claims: { iss: 'https://other.example.com' } })],
      ['jwt-iss-missing', 'no iss', signed({ claims: { iss: undefined } }), INCOMPLETE],
    ],
  ),
  ...scenarios({ asks: 'jwt', expected: 'untrusted', why: 'It was not signed recently.', clause: 'RFC 9701 §5' }, [
    ['jwt-iat-old', 'iat an hour ago', signed(({ now }) => ({ claims: { iat: now - 3600 } }))],
    ['jwt-iat-ahead', 'iat an hour ahead', signed(({ now }) => ({ claims: { iat: now + 3600 } }))],
    ['jwt-iat-missing', 'no iat', signed({ claims: { iat: undefined } }), INCOMPLETE],
    ['jwt-exp-past', 'exp an hour ago', signed(({ now }) => ({ claims: { exp: now - 3600 } }))],
  ]),
  ...scenarios({ asks: 'jwt', expected: 'malformed', why: 'It contains no valid answer.', clause: 'RFC 9701 §5' }, [
    ['jwt-claim-missing', 'no token_introspection', signed({ claims: { token_introspection: undefined } })],
    [
      'jwt-claims-flat',
      'the answer in the claims themselves',
      signed((exchange) => ({
        claims: {
          ...goodAnswer(exchange),
          aud: credentialsIn(exchange).clientId,
          iat: exchange.now,
          token_introspection: undefined,
        },
      })),
      { expected: 'untrusted', why: 'A JWT with `sub` and `exp` can be an access token.' },
    ],
    [
      'jwt-claim-string',
      'token_introspection as a string',
      signed((exchange) => ({
        claims: { token_introspection: JSON.stringify(goodAnswer(exchange)) },
      })),
    ],
    ['jwt-claim-true', 'token_introspection: true', signed({ claims: { token_introspection: true } })],
    ['jwt-active-string', 'active as a string', signed({ claims: { token_introspection: { active: 'true' } } })],
    [
      'jwt-twice',
      'two answers under one name',
      signed((exchange) => ({
        payload: `{"iss":"${exchange.issuer}","aud":"${credentialsIn(exchange).clientId}","iat":${exchange.now},"token_introspection":{"active":false},"token_introspection":{"active":true}}`,
      })),
      { clause: 'RFC 8259 §4' },
    ],
  ]),
  ...scenarios(
    { asks: 'jwt', expected: 'untrusted', why: 'The client asked for a signed answer.', clause: 'RFC 9701 §4' },
    [['jwt-json-instead', 'JSON instead', goodBut()]],
  ),
  ...scenarios({ asks: 'jwt', expected: 'malformed', why: 'It is not a JWT.', clause: 'RFC 9701 §5' }, [
    ['jwt-json-as-jwt', 'JSON that says it is a JWT', answer(goodAnswer, MEDIA_TYPE)],
    ['jwt-garbage', 'dots', answer(() => '..', MEDIA_TYPE)],
    ['jwt-empty', 'nothing', answer(() => '', MEDIA_TYPE)],
    ['jwt-4-parts', 'a JWT with four parts', answer((exchange) => `${signedAnswer(exchange)}.e30`, MEDIA_TYPE)],
  ]),
  ...scenarios(
    { asks: 'jwt', expected: 'unexpected_status', why: 'An answer has the status 200.', clause: 'RFC 7662 §2.2' },
    [
      [
        'jwt-status-201',
        'a good JWT and 201',
        (exchange) => {
          exchange.response.writeHead(201, MEDIA_TYPE.headers).end(signedAnswer(exchange))
        },
      ],
    ],
  ),
]
