/** Scenarios of answers that are good, although some are unusual. */
import { answer, goodBut, JSON_HEAD, raw } from '../answers.ts'
import { goodAnswer } from '../hostile-exchange.ts'
import { type HostileScenario, type ScenarioRow, scenarios } from '../hostile-scenario.ts'

/** Scenarios with an unexpected type in a member that only some routes use. */
function unreadable(...rows: readonly (readonly [name: string, title: string, members: object])[]): ScenarioRow[] {
  return rows.map(([name, title, members]) => [
    name,
    title,
    goodBut(members),
    { why: 'A member that no decision depends on does not spoil the answer.' },
  ])
}

/** The client must accept these. A client that refuses them locks out good tokens. */
export const goodAnswers: readonly HostileScenario[] = scenarios(
  { expected: 'accept', why: 'The answer is good.', clause: 'RFC 7662 §2.2' },
  [
    ['good', 'an answer with every usual member', goodBut()],
    [
      'good-extensions',
      'extension members of any type',
      goodBut({ 'urn:x:roles': { a: [1, null, { b: true }] }, constructor: 1 }),
    ],
    ['good-no-exp', 'no exp', goodBut({ exp: undefined }), { why: '`exp` is optional.' }],
    ['good-exp-leeway', 'exp just past, within the leeway', goodBut(({ now }) => ({ exp: now - 2 }))],
    ['good-nbf-leeway', 'nbf just ahead, within the leeway', goodBut(({ now }) => ({ nbf: now + 4 }))],
    ['good-iat-ahead', 'iat a little ahead', goodBut(({ now }) => ({ iat: now + 60 }))],
    [
      'good-fractions',
      'dates with fractions of a second',
      goodBut(({ now }) => ({ exp: now + 3600.5, iat: now - 0.5 })),
      { why: 'JWTs allow such dates.', clause: 'RFC 7519 §2' },
    ],
    ['good-null-sub', 'null for a subject', goodBut({ sub: null }), { why: 'The token has no subject.' }],
    ...unreadable(
      ['good-permissions-texts', 'permissions that are texts', { permissions: ['orders:read'] }],
      ['good-details-object', 'authorization details in no list', { authorization_details: { type: 'x' } }],
      ['good-username-list', 'a list of user names', { username: ['alice'] }],
      ['good-auth-time-text', 'the time of the login as text', { auth_time: '2025-11-24T16:00:00Z' }],
      ['good-acr-number', 'a number for the authentication context', { acr: 1 }],
    ),
    ['good-bearer-lower-case', 'the token type in lower case', goodBut({ token_type: 'bearer' })],
    ['good-audiences', 'several audiences', goodBut(({ audience }) => ({ aud: ['urn:other', audience] }))],
    [
      'good-active-last',
      'active last',
      answer((exchange) => {
        const { active, ...others } = goodAnswer(exchange)
        return { ...others, active }
      }),
    ],
    [
      'good-escaped-name',
      'active with an escape in its name',
      answer((exchange) => JSON.stringify(goodAnswer(exchange)).replace('"active"', '"\\u0061ctive"')),
      { clause: 'RFC 8259 §8.3' },
    ],
    ['good-same-name-deep', 'the same name in two objects', goodBut({ a: { x: 1 }, b: { x: 1 } })],
    [
      'good-white-space',
      'white space all around',
      answer((exchange) => `\r\n\t ${JSON.stringify(goodAnswer(exchange), undefined, 2)}\n\n`),
    ],
    [
      'good-bom',
      'a byte order mark',
      answer((exchange) => `\ufeff${JSON.stringify(goodAnswer(exchange))}`),
      { why: 'Readers may ignore it.', clause: 'RFC 8259 §8.1' },
    ],
    ['good-charset', 'a charset', goodBut({}, { headers: { 'content-type': 'application/json;charset=UTF-8' } })],
    [
      'good-media-type-capitals',
      'the media type in capitals',
      goodBut({}, { headers: { 'content-type': 'APPLICATION/JSON' } }),
    ],
    [
      'good-cacheable',
      'permission to be cached',
      goodBut({}, { headers: { 'cache-control': 'public, max-age=3600' } }),
    ],
    [
      'good-in-pieces',
      'an answer in many pieces',
      async (exchange) => {
        const { response } = exchange
        response.writeHead(200, { 'content-type': 'application/json' })
        for (const octet of Buffer.from(JSON.stringify({ ...goodAnswer(exchange), sub: 'ålice' }))) {
          await new Promise((written) => response.write(Uint8Array.of(octet), written))
        }
        response.end()
      },
    ],
    [
      'good-slow',
      'an answer that takes its time',
      (exchange) => setTimeout(() => goodBut()(exchange), 40),
      { why: 'It comes within the deadline.' },
    ],
    [
      'good-early-hints',
      'early hints before the answer',
      (exchange) => {
        exchange.response.writeEarlyHints({ link: '</x>; rel=preload' })
        goodBut()(exchange)
      },
      { why: 'Interim answers are not the answer.', clause: 'RFC 9110 §15.2' },
    ],
    [
      'good-until-close',
      'an answer that ends with its connection',
      raw((exchange) => `${JSON_HEAD}Connection: close\r\n\r\n${JSON.stringify(goodAnswer(exchange))}`),
      { clause: 'RFC 9112 §6.3' },
    ],
  ],
)
