/** Walks of the entries of `client` for frameworks, gateways and MCP. */
import type { Guard } from '@token-introspection/client'
import * as express from '@token-introspection/client/express'
import * as fastify from '@token-introspection/client/fastify'
import * as gateway from '@token-introspection/client/gateway'
import * as hono from '@token-introspection/client/hono'
import * as koa from '@token-introspection/client/koa'
import * as mcp from '@token-introspection/client/mcp'
import * as nest from '@token-introspection/client/nest'
import createFastify from 'fastify'
import type { OptionWalk } from '../../../src/option-walk/option-walk.ts'
import { never, nothing } from '../seams.ts'
import { audience, issuer } from '../shared-values.ts'
import { walk, type WalksByEntry } from '../walk.ts'
import { guard, introspection } from './introspection.ts'

const mcpScopes = { tools: { list: 'a' }, otherTools: 'b', methods: { ping: 'c' }, maxBodyBytes: 1, bodyTimeoutMs: 1 }
/** Any name may be that of a tool or a method. */
const MCP_NAMES = ['scopes.tools', 'scopes.methods']

export const ADAPTER_WALKS: WalksByEntry = {
  'client/express': middleware('expressGuard', express.expressGuard, { property: 'caller' }),
  'client/koa': middleware('koaGuard', koa.koaGuard),
  'client/gateway': [
    walk(
      'createGatewayHandler',
      {
        gateway: 'envoy',
        isTrustedGateway: () => true,
        forward: { 'x-auth-subject': 'sub' },
        maxForwardedBytes: 512,
        pathPrefix: '/authorize',
        passPreflights: false,
        onError: nothing,
      },
      (options) => gateway.createGatewayHandler(guard, options),
      { open: ['forward'] },
    ),
  ],
  'client/hono': middleware('honoGuard', hono.honoGuard),
  'client/fastify': [
    ...middleware('fastifyGuard', fastify.fastifyGuard, { property: 'caller' }),
    walk(
      'tokenGuards',
      {
        guard,
        hook: 'onRequest',
        onRefusal: nothing,
        passPreflights: true,
        property: 'caller',
        prefix: '/a',
        logLevel: 'info',
      },
      (options) => fastify.tokenGuards(createFastify(), options),
      { path: 'tokenGuards', any: ['prefix', 'logLevel'] },
    ),
  ],
  'client/nest': [
    walk(
      'TokenGuard',
      { guard: { audience }, requestOf: nothing, passPreflights: true },
      (options) => new nest.TokenGuard(introspection, options),
      { path: 'tokenGuard', open: ['guard'], any: ['guard.audience'] },
    ),
    walk(
      'TokenIntrospectionModule#forRoot',
      { introspection, guard: { audience }, requestOf: nothing, passPreflights: true, global: true },
      (options) => nest.TokenIntrospectionModule.forRoot(options),
      {
        path: 'TokenIntrospectionModule',
        // Nest makes the guard when the application starts. Only then are its options read.
        open: ['introspection', 'guard'],
        any: ['guard', 'guard.audience', 'requestOf', 'passPreflights'],
        isPartial: true,
      },
    ),
    walk(
      'TokenIntrospectionModule#forRoot with a client that Nest makes',
      { client: { issuer }, global: true },
      (options) => nest.TokenIntrospectionModule.forRoot(options),
      { path: 'TokenIntrospectionModule', open: ['client'], any: ['client', 'client.issuer'], isPartial: true },
    ),
    walk(
      'TokenIntrospectionModule#forRootAsync',
      { imports: [], inject: [], useFactory: nothing, global: true },
      (options) => nest.TokenIntrospectionModule.forRootAsync(options),
      { path: 'TokenIntrospectionModule', any: ['imports', 'inject'] },
    ),
    walk('RequireToken', { scope: 'a' }, (options) => nest.RequireToken(options), {
      path: 'RequireToken',
      open: [''],
      any: ['scope'],
    }),
  ],
  'client/mcp': [
    walk(
      'createTokenVerifier',
      { resource: audience, InvalidTokenError: Error, InsufficientScopeError: Error },
      (options) => mcp.createTokenVerifier(guard, options),
    ),
    walk('createMcpGate', { resource: audience, scopes: mcpScopes }, (options) => mcp.createMcpGate(guard, options), {
      open: MCP_NAMES,
    }),
    ...['mcpExpressGuard', 'requireToken'].map((name) =>
      walk(
        name,
        { resource: audience, scopes: mcpScopes, onRefusal: nothing },
        (options) => mcp.mcpExpressGuard(guard, options),
        {
          path: 'mcpExpressGuard',
          open: MCP_NAMES,
        },
      ),
    ),
    walk('guardMcp', { resource: audience, scopes: mcpScopes }, (options) => mcp.guardMcp(guard, never, options), {
      open: MCP_NAMES,
    }),
    walk(
      'mcpNodeGuard',
      { resource: audience, scopes: mcpScopes },
      (options) => mcp.mcpNodeGuard(guard, never, options),
      {
        path: 'mcpNodeGuard',
        open: MCP_NAMES,
      },
    ),
  ],
}

/** Middleware of the frameworks: alike but for what refuses. */
function middleware(name: string, adapter: (judge: Guard, options: never) => unknown, more: object = {}): OptionWalk[] {
  const options = { onRefusal: nothing, passPreflights: true, ...more }
  return [name, 'requireToken'].map((called) =>
    walk(called, options, (changed) => adapter(guard, changed), { path: name }),
  )
}
