/** How the sources of a package are laid out, and what each part may import. */

/** The rules of one package. */
export interface Layout {
  /** Other packages, and the files that may import them. */
  readonly packages: Readonly<Record<string, RegExp>>
  /** The steps of the path: folders that do not import each other's code. */
  readonly steps?: readonly string[]
  /** Folders with one file per runtime, imported by a `#name` only. */
  readonly runtime?: readonly string[]
  /** Folders above the spines, for what is made of whole paths. They import what a file beside the steps may. */
  readonly above?: readonly string[]
  /** Folders that steps may import, and that import no step's code. */
  readonly ground?: readonly string[]
  /** Folders with an entry of their own, which no other file of the package imports. */
  readonly apart?: readonly string[]
  /** Files beside the steps, or of one, that steps may import. */
  readonly open?: readonly string[]
}

const EVERYWHERE = /^/
const OUTSIDE_ADAPTERS = /^(?!adapters\/)/
/** Where what only Node has may be: files with the suffix, adapters, and the hostile server, which is one of Node's. */
export const NODE_FILES = /\.node\.ts$|^(?:adapters|hostile)\//

/** Every package whose imports are ruled, by its folder. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  core: {
    // The one entry of zod that is a few kilobytes.
    packages: { 'zod/mini': EVERYWHERE, '@standard-schema/spec': EVERYWHERE },
  },
  client: {
    packages: {
      '@token-introspection/core': OUTSIDE_ADAPTERS,
      // Adapters with options of their own read them as everything else does.
      '@token-introspection/core/options': EVERYWHERE,
      '@token-introspection/core/maybe-promise': EVERYWHERE,
      '@token-introspection/core/node-header': /^adapters\//,
      '@token-introspection/core/dpop': /^policy\/confirmation\//,
      '@token-introspection/core/replay': OUTSIDE_ADAPTERS,
      'lru-cache': /^cache\/memory-cache-store\.ts$/,
      jose: /^(?:keys\/(?:key-options|key-source|load-jose|remote-key-source|verify-signature)|jwt\/jwt-options|response\/(?:decrypt-jwt-response|jwt-response-options|verify-jwt-response)|transport\/client-authentication\/(?:client-secret|private-key)-jwt)\.ts$/,
      undici: /\.node\.ts$/,
      // For their types.
      fastify: /^adapters\/fastify\.ts$/,
      hono: /^adapters\/hono\.ts$/,
      '@opentelemetry/api': /^adapters\/opentelemetry\.ts$/,
      // Decorators and exceptions are what Nest makes them.
      '@nestjs/common': /^adapters\/nest\.ts$/,
      '@nestjs/core': /^adapters\/nest\.ts$/,
      '@modelcontextprotocol/sdk/server/auth/types.js': /^adapters\/mcp\.ts$/,
    },
    steps: ['token', 'cache', 'jwt', 'transport', 'response', 'policy', 'result'],
    runtime: ['crypto'],
    above: ['events', 'guards', 'issuers', 'protected-resource', 'watch'],
    // Keys of others, and data about servers, which the types of steps give its shape.
    ground: ['keys', 'providers'],
    open: [
      'errors.ts',
      'events/once-a-minute.ts',
      // What the steps before the last one may already say about an answer.
      'result/inactive.ts',
      'result/introspection-result.ts',
      'transport/client-authentication/assertion-authentication.ts',
      'transport/shared-work.ts',
    ],
  },
  server: {
    packages: {
      '@token-introspection/core': OUTSIDE_ADAPTERS,
      // Adapters with options of their own read them as everything else does.
      '@token-introspection/core/options': EVERYWHERE,
      '@token-introspection/core/maybe-promise': EVERYWHERE,
      '@token-introspection/core/node-header': /^adapters\//,
      '@token-introspection/core/dpop': OUTSIDE_ADAPTERS,
      '@token-introspection/core/replay': OUTSIDE_ADAPTERS,
      'lru-cache': OUTSIDE_ADAPTERS,
      jose: /^(?:response\/(?:encrypt-response|encryption-key|signing-key)|keys\/[a-z-]+|lookup\/jwt-resolver|client-authentication\/(?:registered|private-key-jwt|self-signed-tls-client-auth|load-keys))\.ts$/,
      // For their types.
      fastify: /^adapters\/fastify\.ts$/,
      hono: /^adapters\/hono\.ts$/,
      '@opentelemetry/api': /^adapters\/opentelemetry\.ts$/,
    },
    steps: ['request', 'client-authentication', 'limits', 'lookup', 'authorization', 'revocation', 'response'],
    runtime: ['crypto', 'x509'],
    above: ['events', 'in-process'],
    // What is asked with a time limit, messages as plain data, keys of others, and where tokens are kept.
    ground: ['dependencies', 'http', 'keys', 'stores'],
    apart: ['stores/postgres', 'stores/redis', 'stores/sqlite'],
    open: [
      'authorization/disclosure-view.ts',
      'errors.ts',
      'limits/bounded-table.ts',
      // A seam with its memory form, which failed attempts are counted by as well.
      'limits/limiter.ts',
    ],
  },
  testing: {
    packages: {
      // For its types.
      '@token-introspection/client': /^contract\//,
      '@token-introspection/core': EVERYWHERE,
      '@token-introspection/core/options': /^(?:hostile\/|fake-authorization-server\.ts$)/,
      '@token-introspection/server': EVERYWHERE,
      msw: /^msw\.ts$/,
      'msw/experimental': /^msw\.ts$/,
      '@mswjs/interceptors/http': /^msw\.ts$/,
    },
  },
}

/** The packages whose every folder has to be a step, a runtime folder or `adapters`. */
export function hasSteps(layout: Layout): layout is Layout & { readonly steps: readonly string[] } {
  return layout.steps !== undefined
}
