/**
 * oidc-provider configured for MCP clients: dynamic registration, resource indicators, a login page and a consent page.
 */
import { findFreePort } from '../../../core/test/find-free-port.ts'
import { generateKeyPairSync } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { Provider } from 'oidc-provider'
import { type LoopbackServer, serveListener } from '../loopback-server.ts'

/** The resource server that introspects. */
export const MCP_SERVER = { id: 'mcp-server', secret: 'mcp-s3cr3t' }
export const SCOPE = 'tools:call'

/** A running server. */
export interface McpAuthorizationServer extends LoopbackServer {
  readonly issuer: string
  /** The resources that clients requested tokens for. */
  readonly resources: Set<string>
  /** Does what alice does in her browser: signs in and consents. Returns the last URL, which is outside this server. */
  browse(authorizationUrl: URL): Promise<URL>
}

/** Starts the server. */
export async function startMcpAuthorizationServer(): Promise<McpAuthorizationServer> {
  let callback: RequestListener | undefined
  const server = await serveListener((request, response) => callback?.(request, response), await findFreePort())
  const issuer = server.origin
  const resources = new Set<string>()
  const provider = new Provider(issuer, configuration(resources))
  callback = (request, response) => void provider.callback()(request, response)
  return Object.assign(server, { issuer, resources, browse: (url: URL) => browse(url, issuer) })
}

async function browse(authorizationUrl: URL, issuer: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let url = authorizationUrl
  let form: Record<string, string> | undefined
  for (let step = 0; step < 20; step++) {
    if (url.origin !== issuer) return url
    const response = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: { cookie: Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ') },
      redirect: 'manual',
      ...(form !== undefined && { body: new URLSearchParams(form) }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    const page = await response.text()
    if (location !== null) {
      url = new URL(location, url)
      form = undefined
      continue
    }
    const [, action] = /<form[^>]* action="([^"]+)"/.exec(page) ?? []
    const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(page) ?? []
    if (action === undefined) throw new Error(`no form: ${response.status} ${page}`)
    url = new URL(action, url)
    form = { prompt, login: 'alice', password: 'anything' }
  }
  throw new Error('the browser goes round in circles')
}

function configuration(resources: Set<string>): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    clients: [
      {
        client_id: MCP_SERVER.id,
        client_secret: MCP_SERVER.secret,
        redirect_uris: [],
        response_types: [],
        grant_types: [],
      },
    ],
    scopes: ['openid', SCOPE],
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    cookies: { keys: ['for-this-test'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    features: {
      devInteractions: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_context: unknown, client: { clientId: string }) => client.clientId === MCP_SERVER.id,
      },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => [],
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => {
          resources.add(resource)
          return { scope: SCOPE, accessTokenTTL: 600 }
        },
      },
      revocation: { enabled: true },
    },
  }
}
