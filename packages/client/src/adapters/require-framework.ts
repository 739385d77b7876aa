/** Checks that an adapter got the arguments of its own framework. */

/** The adapters for requests. */
type Framework = 'AWS Lambda' | 'Express' | 'Fastify' | 'Hono' | 'Koa' | 'Node'

const ADAPTERS: Readonly<Record<Framework, string>> = {
  'AWS Lambda': 'lambdaGuard of @token-introspection/client/lambda',
  Express: 'expressGuard of @token-introspection/client/express',
  Fastify: 'fastifyGuard of @token-introspection/client/fastify',
  Hono: 'honoGuard of @token-introspection/client/hono',
  Koa: 'koaGuard of @token-introspection/client/koa',
  Node: 'nodeGuard of @token-introspection/client/node',
}

/** What each framework calls with these arguments. Default middleware. */
const CALLED: Readonly<Partial<Record<Framework, string>>> = { 'AWS Lambda': 'handlers', Fastify: 'hooks' }

/**
 * Refuses the arguments of another framework. Each adapter checks one or two members that only its framework has.
 *
 * @throws TypeError that names all adapters.
 */
export function requireFramework(framework: Framework, isOfIt: boolean): void {
  if (isOfIt) return
  const others = Object.entries(ADAPTERS)
    .filter(([name]) => name !== framework)
    .map(([name, adapter]) => `${adapter} for ${name}`)
  throw new TypeError(
    `${ADAPTERS[framework]} was called with an argument that ${framework} does not give to ` +
      `${CALLED[framework] ?? 'middleware'}; use the adapter of your framework: ${others.join(', ')}`,
  )
}
