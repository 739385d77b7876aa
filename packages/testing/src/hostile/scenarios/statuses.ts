/** Scenarios of answers whose status is not 200. Most of their bodies say `active` nevertheless. */
import { answer, goodBut, redirect } from '../answers.ts'
import { credentialsIn, type HostileExchange } from '../hostile-exchange.ts'
import { type HostileScenario, type ScenarioRow, scenarios } from '../hostile-scenario.ts'

const quoting = (exchange: HostileExchange) => ({
  error: 'invalid_request',
  error_description: `bad token ${exchange.token}`,
  secret: credentialsIn(exchange).secret,
})

const elsewhere = ({ elsewhere: origin }: HostileExchange): string => `${origin}/introspect`

function active(statuses: readonly number[]): ScenarioRow[] {
  return statuses.map((status) => [`status-${status}`, `${status} and active`, goodBut({}, { status })])
}

/** A client must not read these bodies as answers. */
export const statuses: readonly HostileScenario[] = [
  ...scenarios({ expected: 'unexpected_status', why: 'An answer has the status 200.', clause: 'RFC 7662 §2.2' }, [
    ...active([201, 202, 203, 204, 205, 206, 400, 404, 405, 406, 410, 415, 418]),
    ['status-304', '304', answer(() => '', { status: 304 })],
    ['status-400-quoting', 'an error that quotes the token', answer(quoting, { status: 400 })],
    ['status-400-token', 'an error code that is the token', answer(({ token }) => ({ error: token }), { status: 400 })],
    [
      'status-422-hint',
      'an unknown hint',
      answer(() => ({ error: 'unsupported_token_type' }), { status: 422 }),
      { clause: 'RFC 7009 §2.2.1' },
    ],
  ]),
  ...scenarios(
    {
      expected: 'unexpected_status',
      why: 'A client that follows sends token and credentials to another server.',
      clause: 'RFC 9700 §4.12',
    },
    [
      ...[301, 302, 303, 307, 308].flatMap((status): ScenarioRow[] => [
        [`redirect-${status}-away`, `${status} to another origin`, redirect(status, elsewhere)],
        [`redirect-${status}-loop`, `${status} to itself`, redirect(status, ({ request }) => request.url)],
      ]),
      ...[302, 307].map(
        (status): ScenarioRow => [
          `redirect-${status}-same`,
          `${status} to the same origin`,
          redirect(status, () => '/moved'),
        ],
      ),
      ['redirect-nowhere', 'a redirect to nowhere', goodBut({}, { status: 302 })],
    ],
  ),
  ...scenarios({ expected: 'unavailable', why: 'The server is out of order.', clause: 'RFC 9110 §15.6' }, [
    ...active([500, 501, 502, 503, 504, 599]),
    [
      'status-503-page',
      '503 and a page',
      answer(({ token }) => `<h1>${token}</h1>`, { status: 503, headers: { 'content-type': 'text/html' } }),
    ],
    ['status-500-quoting', '500 and an error that quotes the token', answer(quoting, { status: 500 })],
  ]),
  ...scenarios({ expected: 'rate_limited', why: 'The server asks for a pause.', clause: 'RFC 6585 §4' }, [
    ...active([429]),
    [
      'status-429-empty',
      '429 with nothing but Retry-After',
      answer(() => '', { status: 429, headers: { 'retry-after': '7' } }),
    ],
  ]),
  ...scenarios(
    {
      expected: 'unauthorized',
      why: 'The server refuses the credentials. That says nothing about the token.',
      clause: 'RFC 7662 §2.3',
    },
    [
      ...active([401, 403]),
      [
        'status-401-challenge',
        '401 and a challenge',
        (exchange) =>
          answer(() => '', { status: 401, headers: { 'www-authenticate': `Basic realm="${exchange.token}"` } })(
            exchange,
          ),
      ],
      [
        'status-400-client',
        '400 for our credentials',
        answer((exchange) => ({ ...quoting(exchange), error: 'invalid_client' }), { status: 400 }),
      ],
    ],
  ),
]
