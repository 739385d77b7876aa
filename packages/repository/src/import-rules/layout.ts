/** How the sources of each published package are laid out, and which part may import which package. */

/** The layout of one package. Patterns and paths start at the `src` of the package. */
export interface Layout {
  /** Other packages, and the files that may import them. A third-party package is named by its path in `node_modules`. */
  readonly packages: Readonly<Record<string, string>>
  /** The steps of the path. A step does not import the code of another step. */
  readonly steps?: readonly string[]
  /** The files that lie in `src` itself, without their extension. Every other file lies in a folder. */
  readonly root?: readonly string[]
  /** Folders with one file per runtime. Other files import them by a `#name` only. */
  readonly runtime?: readonly string[]
  /** Folders above the spines. They hold what is made of whole paths, and import what a file in `src` itself may. */
  readonly above?: readonly string[]
  /** Folders that every step may import. They import no code of a step. */
  readonly ground?: readonly string[]
  /** Folders with an entry of their own. No file outside the folder imports them. */
  readonly apart?: readonly string[]
  /** Single files without state that adapters may import, too. */
  readonly adapted?: readonly string[]
  /** Single files that every step may import. */
  readonly open?: readonly string[]
}

const EVERYWHERE = ''
const OUTSIDE_ADAPTERS = '(?!adapters/)'

/** Every published package, by its folder. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  core: {
    // The one entry of zod that is a few kilobytes.
    packages: { 'zod/mini/': EVERYWHERE, '@standard-schema/spec': EVERYWHERE },
  },
  client: {
    packages: {
      // The guards of MCP servers read scopes and bodies of their own.
      '@token-introspection/core': '(?:(?!adapters/)|adapters/mcp-scopes\\.ts$)',
      // Adapters read their own options as every other part does.
      '@token-introspection/core/options': EVERYWHERE,
      '@token-introspection/core/explanation': '(?:explain/|index\\.ts$)',
      '@token-introspection/core/logging': '(?:events/|index\\.ts$)',
      '@token-introspection/core/key-set': 'keys/',
      '@token-introspection/core/lambda-event': 'adapters/lambda\\.ts$',
      '@token-introspection/core/maybe-promise': EVERYWHERE,
      '@token-introspection/core/node-header': 'adapters/',
      '@token-introspection/core/redis': 'adapters/redis/',
      '@token-introspection/core/dpop': 'policy/confirmation/',
      '@token-introspection/core/read-body': '(?:(?!adapters/)|adapters/mcp-message\\.ts$)',
      '@token-introspection/core/replay': OUTSIDE_ADAPTERS,
      '@token-introspection/core/revocations': EVERYWHERE,
      jose: '(?:keys/(?:key-options|key-source|load-jose|remote-key-source|verify-signature)|jwt/jwt-options|response/(?:decrypt-jwt-response|jwt-response-options|verify-jwt-response)|transport/client-authentication/(?:client-secret-jwt|key-signer|private-key-jwt))\\.ts$',
      undici: '.*\\.node\\.ts$',
      // For their types.
      fastify: 'adapters/fastify(?:-judge)?\\.ts$',
      hono: 'adapters/hono\\.ts$',
      '@opentelemetry/api': 'adapters/opentelemetry\\.ts$',
      // Nest recognises its own decorators and exceptions only.
      '@nestjs/common': 'adapters/nest-(decorators|exceptions|guard|judged|marking|module|request)\\.ts$',
      '@nestjs/core': 'adapters/nest-(guard|marking)\\.ts$',
      '@modelcontextprotocol/sdk/dist/esm/server/auth/types.d.ts': 'adapters/mcp-(auth-info|node)\\.ts$',
    },
    root: [
      'ask-endpoint',
      'call-options',
      'check',
      'errors',
      'find-answer',
      'guard',
      'index',
      'introspect',
      'introspection-client',
      'options',
      'resolve-options',
    ],
    steps: ['token', 'cache', 'jwt', 'transport', 'response', 'policy', 'result'],
    runtime: ['crypto'],
    above: ['cache-stores', 'events', 'explain', 'feed', 'guards', 'issuers', 'protected-resource', 'watch'],
    apart: ['cache-stores'],
    // The keys of authorization servers, and the data of providers, whose shape the types of steps give.
    // What the client knows about revocations concerns every step that uses an answer again.
    ground: ['keys', 'providers', 'revocations'],
    adapted: ['result/response-fields.ts'],
    open: [
      // A bounded table of fingerprints, for the answers and for the tokens that go first.
      'cache/sieve.ts',
      'errors.ts',
      'events/once-a-minute.ts',
      // What earlier steps may already say about an answer.
      'result/inactive.ts',
      'result/introspection-result.ts',
      'transport/client-authentication/assertion-options.ts',
      'transport/shared-work.ts',
      'watch/watch-clock.ts',
    ],
  },
  server: {
    packages: {
      '@token-introspection/core': OUTSIDE_ADAPTERS,
      // Adapters read their own options as every other part does.
      '@token-introspection/core/options': EVERYWHERE,
      '@token-introspection/core/explanation': 'in-process/',
      '@token-introspection/core/logging': '(?:events/|index\\.ts$)',
      '@token-introspection/core/key-set': 'keys/',
      '@token-introspection/core/lambda-event': 'adapters/lambda\\.ts$',
      '@token-introspection/core/maybe-promise': EVERYWHERE,
      '@token-introspection/core/node-header': 'adapters/',
      '@token-introspection/core/redis': 'stores/redis/',
      '@token-introspection/core/dpop': OUTSIDE_ADAPTERS,
      '@token-introspection/core/read-body': OUTSIDE_ADAPTERS,
      '@token-introspection/core/replay': OUTSIDE_ADAPTERS,
      '@token-introspection/core/revocations': EVERYWHERE,
      'lru-cache': OUTSIDE_ADAPTERS,
      jose: '(?:response/(?:encrypt-response|encryption-key|signing-key)|keys/[a-z-]+|lookup/jwt-resolver|client-authentication/(?:registered|read-key-holder|attestation/[a-z-]+|private-key-jwt|self-signed-tls-client-auth|load-keys))\\.ts$',
      // For their types.
      fastify: 'adapters/fastify\\.ts$',
      hono: 'adapters/hono\\.ts$',
      '@opentelemetry/api': 'adapters/opentelemetry\\.ts$',
    },
    root: [
      'authenticate-request',
      'check',
      'client-authenticator-options',
      'create-client-authenticator',
      'create-introspection-handler',
      'create-revocation-feed-handler',
      'create-revocation-handler',
      'endpoint-options',
      'errors',
      'handle-introspection',
      'handle-revocation',
      'handle-revocation-feed',
      'index',
      'metadata',
      'options',
      'revocation-feed-options',
      'revocation-options',
    ],
    steps: ['request', 'client-authentication', 'limits', 'lookup', 'authorization', 'revocation', 'feed', 'response'],
    runtime: ['crypto', 'x509'],
    above: ['events', 'in-process', 'tokens'],
    // Calls with a time limit, messages as plain data, the keys of resource servers, and the stores of tokens.
    ground: ['dependencies', 'http', 'keys', 'stores'],
    apart: ['stores/postgres', 'stores/redis', 'stores/sqlite', 'tokens'],
    open: [
      'authorization/disclosure-view.ts',
      'errors.ts',
      'limits/bounded-table.ts',
      // The interface of a limiter and its memory form. Failed attempts are counted by it, too.
      'limits/limiter.ts',
    ],
  },
  cli: {
    packages: {
      '@token-introspection/client': EVERYWHERE,
      '@token-introspection/core': EVERYWHERE,
      '@token-introspection/core/options': 'serve/configuration/',
      '@token-introspection/server': 'serve/',
      '@token-introspection/server/node': 'serve/listen\\.node\\.ts$',
      '@token-introspection/server/sqlite': 'serve/store/',
      '@token-introspection/server/tokens': 'serve/',
      // The parser of arguments: commands declare their options with it, and nothing else knows it.
      commander: '(?:program/|connection/connection-options|.*-commands?\\.ts$)',
      // The prompt for secrets.
      '@clack/prompts': 'surroundings/process-surroundings\\.node\\.ts$',
      undici: '(?:connection/|conformance/|tokens/call-server\\.ts$)',
    },
  },
  testing: {
    packages: {
      // For its types.
      '@token-introspection/client': 'contract/',
      '@token-introspection/client/revocations': 'contract/',
      '@token-introspection/core': EVERYWHERE,
      '@token-introspection/core/options': '(?:hostile/|fake-authorization-server\\.ts$|fake-clock\\.ts$|msw\\.ts$)',
      '@token-introspection/core/revocations': EVERYWHERE,
      '@token-introspection/server': EVERYWHERE,
      'msw/lib/core/index': 'msw\\.ts$',
      'msw/lib/core/experimental/index': 'msw\\.ts$',
      '@mswjs/interceptors/lib/node/interceptors/http/': 'msw\\.ts$',
    },
  },
}
