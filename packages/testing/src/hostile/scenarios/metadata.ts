/** Scenarios of false metadata. A client that believes it reaches an endpoint that answers `active`. */
import { answer } from '../answers.ts'
import type { HostileExchange } from '../hostile-exchange.ts'
import { type HostileScenario, scenarios } from '../hostile-scenario.ts'

/** Sends good metadata with some members replaced. */
function metadataBut(members: (exchange: HostileExchange) => object, status = 200) {
  return answer((exchange) => ({ ...metadataOf(exchange), ...members(exchange) }), { status })
}

function metadataOf({ issuer }: HostileExchange) {
  const { origin } = new URL(issuer)
  return { issuer, introspection_endpoint: `${origin}/introspect`, jwks_uri: `${origin}/jwks` }
}

/** Answers to a client that discovers the introspection endpoint. */
export const metadata: readonly HostileScenario[] = [
  ...scenarios({ asks: 'metadata', expected: 'accept', why: 'The metadata is good.', clause: 'RFC 8414 §3.2' }, [
    ['metadata-good', 'good metadata', metadataBut(() => ({}))],
    [
      'metadata-endpoint-elsewhere',
      'an endpoint at another origin',
      metadataBut(({ elsewhere }) => ({ introspection_endpoint: `${elsewhere}/introspect` })),
      { why: 'An issuer may have endpoints at other origins.', clause: 'RFC 8414 §2' },
    ],
  ]),
  ...scenarios(
    { asks: 'metadata', expected: 'untrusted', why: 'It is the metadata of another issuer.', clause: 'RFC 8414 §3.3' },
    [
      ['metadata-issuer-other', 'another issuer', metadataBut(() => ({ issuer: 'https://other.example.com' }))],
      [
        'metadata-issuer-slash',
        'the issuer with a slash at the end',
        metadataBut(({ issuer }) => ({ issuer: `${issuer}/` })),
      ],
    ],
  ),
  ...scenarios({ asks: 'metadata', expected: 'malformed', why: 'It names no issuer.', clause: 'RFC 8414 §2' }, [
    ['metadata-issuer-missing', 'no issuer', metadataBut(() => ({ issuer: undefined }))],
    ['metadata-issuer-array', 'a list of issuers', metadataBut(({ issuer }) => ({ issuer: [issuer] }))],
    ['metadata-array', 'a list', answer((exchange) => [metadataOf(exchange)])],
    ['metadata-html', 'a web page', answer(() => '<h1>hello</h1>', { headers: { 'content-type': 'text/html' } })],
    ['metadata-endpoint-number', 'an endpoint that is a number', metadataBut(() => ({ introspection_endpoint: 5 }))],
  ]),
  ...scenarios(
    { asks: 'metadata', expected: 'untrusted', why: 'Tokens must not travel without TLS.', clause: 'RFC 7662 §4' },
    [
      [
        'metadata-endpoint-http',
        'an endpoint over http',
        metadataBut(() => ({ introspection_endpoint: 'http://as.invalid/introspect' })),
      ],
      [
        'metadata-endpoint-file',
        'an endpoint that is a file',
        metadataBut(() => ({ introspection_endpoint: 'file:///etc/passwd' })),
      ],
      [
        'metadata-endpoint-credentials',
        'an endpoint with credentials in it',
        metadataBut(({ issuer }) => ({
          introspection_endpoint: `${new URL(issuer).origin.replace('//', '//a:b@')}/introspect`,
        })),
      ],
    ],
  ),
  ...scenarios(
    {
      asks: 'metadata',
      expected: 'unexpected_status',
      why: 'After a redirect another server would say where tokens go.',
      clause: 'RFC 9700 §4.12',
    },
    [
      [
        'metadata-redirect',
        'a redirect to the metadata of another issuer',
        (exchange) => {
          exchange.response.writeHead(302, { location: `${exchange.elsewhere}/metadata` }).end()
        },
      ],
      ['metadata-status-203', 'good metadata and 203', metadataBut(() => ({}), 203)],
    ],
  ),
  ...scenarios({ asks: 'metadata', expected: 'late', why: 'The callers of the resource server are waiting.' }, [
    ['metadata-hang', 'no metadata', () => undefined],
  ]),
]
