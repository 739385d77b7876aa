/** Other introspection clients for Node, each used as its documentation says, to check one token at a time. */
import { oauthProviderResourceClient } from '@better-auth/oauth-provider/resource-client'
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import type { HostileAuthorizationServer, HostileScenario } from '@token-introspection/testing/hostile'
import express from 'express'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import tokenIntrospection from 'token-introspection'
import { serveListener } from '../loopback-server.ts'

export const AUDIENCE = 'https://api.example.com'
export const SCOPE = 'orders:read'
export const CLIENT_ID = 'orders-api'
export const SECRET = 'cl1ent-5ecret'

/** What a client did with a token: it accepted it, it refused it because of the token, or it failed. */
export type Verdict = 'accepts' | 'refuses' | 'error'

/** A client that guards a resource. */
export interface Contender {
  readonly name: string
  /** How it can get an answer. */
  readonly asks: readonly HostileScenario['asks'][]
  /** Whether it accepts the token. A rejection counts as an error. */
  readonly judge: (scenario: HostileScenario, signal: AbortSignal) => Promise<Verdict>
  readonly close?: () => PromiseLike<void>
}

/** Creates a contender that asks this server. */
export type ContenderFactory = (as: HostileAuthorizationServer) => Contender | Promise<Contender>

const credentials = `Basic ${btoa(`${CLIENT_ID}:${SECRET}`)}`

const oauth4webapi: ContenderFactory = (as) => ({
  name: 'oauth4webapi',
  asks: ['json', 'jwt', 'metadata'],
  async judge(scenario, signal) {
    const insecure = { [oauth.allowInsecureRequests]: true, signal }
    const issuer = new URL(as.issuerOf(scenario))
    const server: oauth.AuthorizationServer =
      scenario.asks === 'metadata'
        ? await oauth.processDiscoveryResponse(
            issuer,
            await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' }),
          )
        : { issuer: as.issuer, introspection_endpoint: as.endpoint, jwks_uri: `${as.issuer}/jwks` }
    const client: oauth.Client = {
      client_id: CLIENT_ID,
      ...(scenario.asks === 'jwt' && { introspection_signed_response_alg: 'RS256' }),
    }
    const method = oauth.ClientSecretBasic(SECRET)
    const response = await oauth.introspectionRequest(server, client, method, scenario.token, insecure)
    const answer = await oauth.processIntrospectionResponse(server, client, response)
    if (scenario.asks === 'jwt') await oauth.validateApplicationLevelSignature(server, response, insecure)
    return verdictOf(answer.active)
  },
})

const openidClient: ContenderFactory = (as) => ({
  name: 'openid-client',
  asks: ['json', 'jwt', 'metadata'],
  async judge(scenario, signal) {
    const metadata = scenario.asks === 'jwt' ? { introspection_signed_response_alg: 'RS256' } : {}
    const method = openid.ClientSecretBasic(SECRET)
    const abortable: openid.CustomFetch = (url, init) => fetch(url, { ...init, signal } as RequestInit)
    const server = { issuer: as.issuer, introspection_endpoint: as.endpoint, jwks_uri: `${as.issuer}/jwks` }
    const configuration =
      scenario.asks === 'metadata'
        ? await openid.discovery(new URL(as.issuerOf(scenario)), CLIENT_ID, metadata, method, {
            algorithm: 'oauth2',
            execute: [openid.allowInsecureRequests],
            [openid.customFetch]: abortable,
          })
        : new openid.Configuration(server, CLIENT_ID, metadata, method)
    configuration[openid.customFetch] = abortable
    openid.allowInsecureRequests(configuration)
    if (scenario.asks === 'jwt') openid.enableNonRepudiationChecks(configuration)
    return verdictOf((await openid.tokenIntrospection(configuration, scenario.token)).active)
  },
})

const nodeTokenIntrospection: ContenderFactory = (as) => ({
  name: 'token-introspection',
  asks: ['json'],
  async judge({ token }, signal) {
    const introspect = tokenIntrospection({
      endpoint: as.endpoint,
      client_id: CLIENT_ID,
      client_secret: SECRET,
      fetch: (url, init) => fetch(url, { ...init, signal }),
    })
    try {
      return verdictOf((await introspect(token)).active)
    } catch (error) {
      if (error instanceof tokenIntrospection.errors.TokenNotActiveError) return 'refuses'
      throw error
    }
  },
})

/** Uses the verifier from the example server of the SDK, and adds client credentials. */
const mcp: ContenderFactory = async (as) => {
  const verifier = {
    async verifyAccessToken(token: string) {
      const response = await fetch(as.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: credentials },
        body: new URLSearchParams({ token }).toString(),
      })
      if (!response.ok) throw new Error(`Invalid or expired token: ${await response.text()}`)
      // The members are untyped, as in the example.
      const data = (await response.json()) as {
        client_id: string
        scope?: string
        exp: number
        aud?: string | string[]
      } & {
        active?: unknown
      }
      if (!data.active) throw new InvalidTokenError('Token is inactive')
      const audience = [data.aud ?? []].flat().find((aud) => URL.canParse(aud) && new URL(aud).origin === AUDIENCE)
      return {
        token,
        clientId: data.client_id,
        scopes: data.scope ? data.scope.split(' ') : [],
        expiresAt: data.exp,
        ...(audience !== undefined && { resource: new URL(audience) }),
      }
    },
  }
  const app = express()
  const guard = requireBearerAuth({ verifier, requiredScopes: [SCOPE], expectedResource: new URL(AUDIENCE) })
  app.get('/', guard, (_, response) => void response.end('orders'))
  const api = await serveListener(app)
  return {
    name: 'MCP SDK',
    asks: ['json'],
    async judge({ token }, signal) {
      const { status } = await fetch(api.origin, { headers: { authorization: `Bearer ${token}` }, signal })
      if (status === 200) return 'accepts'
      return status === 401 || status === 403 ? 'refuses' : 'error'
    },
    close: () => api[Symbol.asyncDispose](),
  }
}

const betterAuth: ContenderFactory = (as) => {
  const { verifyBearerToken } = oauthProviderResourceClient().getActions()
  return {
    name: 'better-auth',
    asks: ['json'],
    async judge({ token }) {
      try {
        await verifyBearerToken(token, {
          verifyOptions: { issuer: as.issuer, audience: AUDIENCE },
          remoteVerify: { introspectUrl: as.endpoint, clientId: CLIENT_ID, clientSecret: SECRET },
          requiredScopes: [SCOPE],
          resourceMetadataMappings: { [AUDIENCE]: `${AUDIENCE}/.well-known/oauth-protected-resource` },
        })
        return 'accepts'
      } catch (error) {
        if (['UNAUTHORIZED', 'FORBIDDEN'].includes(String((error as { status?: unknown }).status))) return 'refuses'
        throw error
      }
    },
  }
}

/** The other clients, in the order of the table. */
export const contenders: readonly ContenderFactory[] = [
  oauth4webapi,
  openidClient,
  nodeTokenIntrospection,
  mcp,
  betterAuth,
]

/** Decides by `if (answer.active)`. */
function verdictOf(active: unknown): Verdict {
  return active ? 'accepts' : 'refuses'
}
