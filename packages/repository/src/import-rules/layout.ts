/** How the sources of a package are laid out, and what each part may import. */

/** The rules of one package. */
export interface Layout {
  /** Other packages, and the files that may import them. */
  readonly packages: Readonly<Record<string, RegExp>>
  /** The steps of the path: folders that do not import each other's code. */
  readonly steps?: readonly string[]
  /** Folders with one file per runtime, imported by a `#name` only. */
  readonly runtime?: readonly string[]
  /** Files beside the steps that steps may import. */
  readonly open?: readonly string[]
}

const EVERYWHERE = /^/
const OUTSIDE_ADAPTERS = /^(?!adapters\/)/
/** Where what only Node has may be: files with the suffix, and adapters. */
export const NODE_FILES = /\.node\.ts$|^adapters\//

/** Every package whose imports are ruled, by its folder. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  core: {
    // The one entry of zod that is a few kilobytes.
    packages: { 'zod/mini': EVERYWHERE, '@standard-schema/spec': EVERYWHERE },
  },
  client: {
    packages: {
      '@token-introspection/core': OUTSIDE_ADAPTERS,
      '@token-introspection/core/options': OUTSIDE_ADAPTERS,
      undici: /\.node\.ts$/,
    },
    steps: ['token', 'cache', 'jwt', 'transport', 'response', 'policy', 'result'],
    open: ['errors.ts'],
  },
  server: {
    packages: {
      '@token-introspection/core': OUTSIDE_ADAPTERS,
      // Adapters with options of their own read them as everything else does.
      '@token-introspection/core/options': EVERYWHERE,
      // For their types.
      fastify: /^adapters\/fastify\.ts$/,
      hono: /^adapters\/hono\.ts$/,
    },
    steps: ['request', 'client-authentication', 'lookup', 'authorization', 'revocation', 'response'],
    runtime: ['crypto'],
    open: ['errors.ts', 'http-message.ts', 'maybe-promise.ts'],
  },
  testing: {
    packages: {
      '@token-introspection/core': EVERYWHERE,
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
