/** Addresses at which the client finds no authorization server, or not the right one. */
import { tell, type WrongConfiguration } from './wrong-configuration.ts'

export const WRONG_ADDRESSES: readonly WrongConfiguration[] = [
  [
    'wrong issuer path',
    tell(({ http }) => ({ issuer: `${http}/realms/other` })),
    ['status 404', '/realms/other', 'Check the issuer', '[ERR_TRANSPORT_STATUS]'],
  ],
  [
    'issuer without its path',
    tell(({ http }) => ({ issuer: http })),
    ['status 404', '/.well-known/oauth-authorization-server', 'Check the issuer', '[ERR_TRANSPORT_STATUS]'],
  ],
  [
    'issuer with a slash at its end',
    tell(({ http }) => ({ issuer: `${http}/realms/main/` })),
    ['differ in the slash at the end', '/realms/main, expected', 'as issuer', '[ERR_RESPONSE_UNTRUSTED]'],
  ],
  [
    'neither issuer nor endpoint',
    tell(() => ({ issuer: undefined })),
    ['issuer: is required', 'such as https://as.example.com'],
  ],
  [
    'URL of the metadata as issuer',
    tell(({ http }) => ({ issuer: `${http}/realms/main/.well-known/openid-configuration` })),
    ['issuer: is the URL of metadata', 'give the issuer itself: http://127.0.0.1'],
  ],
  [
    'URL object as issuer',
    tell(({ http }) => ({ issuer: new URL(`${http}/realms/main`) })),
    ['issuer: ', 'not a URL object', 'give its href'],
  ],
  [
    'Auth0 by its issuer',
    tell(() => ({
      issuer: 'https://acme.eu.auth0.com/',
      transport: { fetch: async () => Response.json({ issuer: 'https://acme.eu.auth0.com/' }) },
    })),
    [
      'https://acme.eu.auth0.com/',
      'name no introspection_endpoint',
      'with the preset auth0',
      '[ERR_TRANSPORT_ENDPOINT_MISSING]',
    ],
  ],
  [
    'http to another machine',
    tell(() => ({ issuer: 'http://as.example.com' })),
    ['issuer: ', 'must be an https URL', "allowHttpOrigins: ['http://as.example.com']"],
  ],
  [
    'https where http is',
    tell(({ http }) => ({ issuer: `${http.replace('http', 'https')}/realms/main` })),
    ['https://127.0.0.1', 'no TLS is spoken at that port', 'begins with http', '[ERR_TRANSPORT_UNREACHABLE]'],
  ],
  [
    'http where https is',
    tell(({ https }) => ({ issuer: `${https.replace('https', 'http')}/realms/main` })),
    ['http://127.0.0.1', 'closed the connection', 'the URL begins with https', '[ERR_TRANSPORT_UNREACHABLE]'],
  ],
  [
    'endpoint that is a page',
    tell(({ http }) => ({ issuer: undefined, endpoint: `${http}/html` })),
    ['/html', 'text/html instead of application/json', 'check that endpoint is the URL', '[ERR_RESPONSE_MALFORMED]'],
  ],
  [
    'endpoint that is not there',
    tell(({ http }) => ({ issuer: undefined, endpoint: `${http}/nothing` })),
    ['/nothing', 'status 404', 'Give the URL of the endpoint as endpoint', '[ERR_TRANSPORT_STATUS]'],
  ],
  [
    'endpoint that redirects',
    tell(({ http }) => ({ issuer: undefined, endpoint: `${http}/redirect` })),
    ['/redirect', '302, a redirect', 'belongs into endpoint', '[ERR_TRANSPORT_STATUS]'],
  ],
  [
    'certificate that nobody trusts',
    tell(({ https }) => ({ issuer: `${https}/realms/main` })),
    [
      'https://127.0.0.1',
      'authority that this process does not trust',
      'transport.tls.ca',
      '[ERR_TRANSPORT_UNREACHABLE]',
    ],
  ],
  [
    'server that is down',
    tell(({ nowhere }) => ({ issuer: `${nowhere}/realms/main` })),
    ['http://127.0.0.1', 'nothing listens there', 'check host and port', '[ERR_TRANSPORT_UNREACHABLE]'],
  ],
  [
    'host that does not exist',
    tell(() => ({ issuer: 'https://as.invalid' })),
    ['https://as.invalid', /ENOTFOUND|EAI_AGAIN/, '[ERR_TRANSPORT_UNREACHABLE]'],
  ],
]
