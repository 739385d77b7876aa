/** Faults of step `metadata`: the endpoint was not found, or is not to be trusted. */
import { shellWord } from '../../terminal/shell-word.ts'
import type { Fault } from '../diagnosis.ts'

type Parts = Pick<Fault, 'found' | 'fix'> & Partial<Fault>

function metadataFault(name: string, parts: Parts): Fault {
  return {
    name,
    step: 'metadata',
    side: 'resource_server',
    clause: 'RFC 8414 §3.3',
    command: undefined,
    isSure: true,
    ...parts,
  }
}

function look(url: string): string {
  return `curl -sS ${shellWord(url)}`
}

/** Creates the faults. */
export const metadataFaults = {
  trailingSlash: (url: string, configured: string, named: string): Fault =>
    metadataFault('trailing_slash', {
      found: `The issuer is ${configured}, and the server calls itself ${named}: they differ by the slash at the end.`,
      fix: `Set issuer to '${named}', character by character.`,
      command: look(url),
    }),
  issuerSplit: (url: string, configured: string, named: string): Fault =>
    metadataFault('issuer_split', {
      found: `The issuer is ${configured}, and the server calls itself ${named}: one server with two names.`,
      fix: `Set issuer to '${named}'. If you reach the server only as ${new URL(configured).origin}, give its introspection endpoint there as the option endpoint beside it. Or give the server one name for all.`,
      command: look(url),
    }),
  otherIssuer: (url: string, configured: string, named: string): Fault =>
    metadataFault('metadata_of_another_issuer', {
      found: `${url} has the metadata of ${named}, and not of ${configured}.`,
      fix: `Set issuer to '${named}' if that is your authorization server. Else correct the host or path of the issuer: it leads to another server or tenant.`,
      command: look(url),
    }),
  noIntrospection: (url: string, issuer: string, message: string): Fault =>
    metadataFault('no_introspection', {
      side: 'authorization_server',
      found: `The metadata of ${issuer} name no introspection_endpoint.`,
      fix: message,
      clause: 'RFC 8414 §2',
      command: look(url),
    }),
  plainEndpoint: (url: string, endpoint: string): Fault =>
    metadataFault('plain_http_in_metadata', {
      side: 'authorization_server',
      found: `The metadata name the introspection_endpoint ${endpoint}, which is not https.`,
      fix: 'Tell the authorization server that it stands behind a TLS proxy: by its public URL, or by the X-Forwarded-Proto field that the proxy sends.',
      clause: 'RFC 7662 §4',
      command: look(url),
    }),
  untrustedEndpoint: (url: string, message: string): Fault =>
    metadataFault('endpoint_not_trusted', {
      found: message,
      fix: 'If the endpoint really is there, give it as the option endpoint, or list its origin in transport.allowedEndpointOrigins.',
      clause: 'RFC 9700 §2.1',
      command: look(url),
    }),
  wrongRealm: (url: string, issuer: string): Fault =>
    metadataFault('wrong_realm', {
      found: `${new URL(issuer).origin} is a Keycloak, and knows no realm ${realmOf(issuer) ?? ''} (404 at ${url}).`,
      fix: 'Correct the realm in the issuer. Upper and lower case count.',
      command: look(url),
    }),
  absent: (urls: readonly string[], issuer: string, seen: string): Fault =>
    metadataFault('no_metadata', {
      found: `No metadata of ${issuer} at ${urls.join(', ')}: ${seen}.`,
      fix: 'Correct the issuer. If its metadata are elsewhere, give their URL as transport.metadataUrl; if it has none, give the option endpoint.',
      clause: 'RFC 8414 §3',
      command: look(urls[0] ?? issuer),
      isSure: false,
    }),
} as const

/** The realm in the issuer of a Keycloak. */
export function realmOf(issuer: string): string | undefined {
  return /\/realms\/([^/]+)\/?$/.exec(new URL(issuer).pathname)?.[1]
}
