/** What the sidebar of the site names. A new page gets a line here, and a title that says what the reader does there. */

/** A page, by its path in `docs` without `.md`. */
export interface Entry {
  readonly title: string
  readonly page: string
}

/** A section of the sidebar. */
export interface Section {
  readonly title: string
  readonly entries: readonly Entry[]
}

/** Every section, in the order of the site. */
export const SECTIONS: readonly Section[] = [
  {
    title: 'Start',
    entries: [
      { title: 'What it is', page: 'index' },
      { title: 'Ten minutes on one machine', page: 'start/index' },
      { title: 'Write a small authorization server', page: 'start/authorization-server' },
      { title: 'Try an MCP server on one machine', page: 'start/mcp-server' },
      { title: 'See what happens to a token', page: 'start/how-it-works' },
      { title: 'Try it in the browser', page: 'playground' },
      { title: 'Run complete programs', page: 'examples/README' },
    ],
  },
  {
    title: 'Protect an API',
    entries: [
      { title: 'Guard your routes', page: 'protect/guards' },
      { title: 'Guard an Express API', page: 'protect/express' },
      { title: 'Guard a Fastify API', page: 'protect/fastify' },
      { title: 'Guard a Hono API', page: 'protect/hono' },
      { title: 'Guard a Koa API', page: 'protect/koa' },
      { title: 'Guard a Nest API', page: 'protect/nest' },
      { title: 'Guard a Next API', page: 'protect/next' },
      { title: 'Guard a Nitro API', page: 'protect/nitro' },
      { title: 'Guard a server of node:http', page: 'protect/node-http' },
      { title: 'Guard an AWS Lambda function', page: 'protect/lambda' },
      { title: 'Guard a fetch handler', page: 'protect/web-request' },
      { title: 'Choose what a guard requires', page: 'protect/requirements' },
      { title: 'Type your claims', page: 'protect/typed-claims' },
      { title: 'Authenticate to the endpoint', page: 'protect/client-authentication' },
      { title: 'Cache answers', page: 'protect/caching' },
      { title: 'Refuse revoked tokens at once', page: 'protect/revocations' },
      { title: 'Accept JWT access tokens', page: 'protect/jwt-access-tokens' },
      { title: 'Accept tokens of several issuers', page: 'protect/several-issuers' },
      { title: 'Require DPoP or mTLS', page: 'protect/dpop-and-mtls' },
      { title: 'Guard an MCP server', page: 'protect/mcp' },
      { title: 'Guard behind a gateway', page: 'protect/gateways' },
      { title: 'Close long-lived connections', page: 'protect/long-lived-connections' },
      { title: 'Publish protected-resource metadata', page: 'protect/protected-resource-metadata' },
      { title: 'Test your API', page: 'protect/testing' },
      { title: 'Run behind a proxy', page: 'protect/behind-a-proxy' },
      { title: 'Choose a runtime', page: 'protect/runtimes' },
      { title: 'Bundle for Node', page: 'protect/bundling' },
    ],
  },
  {
    title: 'Run an authorization server',
    entries: [
      { title: 'Mount the endpoint', page: 'run/mounting' },
      { title: 'Choose a store', page: 'run/stores' },
      { title: 'Issue, list and revoke tokens', page: 'run/issuing-tokens' },
      { title: 'Authenticate callers', page: 'run/authenticating-callers' },
      { title: 'Serve callers that others wrote', page: 'run/callers' },
      { title: 'Decide what callers learn', page: 'run/policy' },
      { title: 'Sign answers', page: 'run/signed-answers' },
    ],
  },
  {
    title: 'Operate',
    entries: [
      { title: 'Find out why a token is refused', page: 'operate/explain' },
      { title: 'Live through an outage', page: 'operate/outages' },
      { title: 'Observe traces and metrics', page: 'operate/observability' },
      { title: 'Use the command line', page: 'operate/cli' },
      { title: 'Scale the revocation feed', page: 'scale' },
      { title: 'Know what attackers try', page: 'security' },
    ],
  },
  {
    title: 'Reference',
    entries: [
      { title: 'Options of resource servers', page: 'reference/client-options' },
      { title: 'Options of authorization servers', page: 'reference/server-options' },
      { title: 'Events', page: 'reference/events' },
      { title: 'Every exported name', page: 'reference/api/index' },
      { title: 'Error codes', page: 'reference/errors/README' },
      { title: 'Presets for providers', page: 'reference/providers' },
      { title: 'What a hostile server gets', page: 'reference/hostile-servers' },
      { title: 'The revocation feed', page: 'revocation-feed' },
      { title: 'Requirements of the standards', page: 'standards' },
      { title: 'How the code is laid out', page: 'architecture' },
    ],
  },
  {
    title: 'Why',
    entries: [
      { title: 'Decide whether this is for you', page: 'why/index' },
      { title: 'Compare it with other libraries', page: 'why/comparison' },
      { title: 'Move here from another library', page: 'why/migrating' },
      { title: 'See how fast it is', page: 'why/performance' },
      { title: 'Read the benchmarks', page: 'benchmarks/README' },
      { title: 'Read conformance reports', page: 'conformance/README' },
      { title: 'Read the decisions', page: 'decisions/README' },
    ],
  },
]
