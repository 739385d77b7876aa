/** Checks that an adapter got the arguments of its own framework. */

/** The adapters for requests. */
type Framework = 'Express' | 'Fastify' | 'Hono' | 'Koa' | 'Node'

const ENTRIES: Readonly<Record<Framework, string>> = {
  Express: 'express',
  Fastify: 'fastify',
  Hono: 'hono',
  Koa: 'koa',
  Node: 'node',
}

/**
 * Refuses the arguments of another framework. Each adapter checks one or two members that only its framework has.
 *
 * @throws TypeError that names the entries of all adapters.
 */
export function requireFramework(framework: Framework, isOfIt: boolean): void {
  if (isOfIt) return
  const others = Object.entries(ENTRIES)
    .filter(([name]) => name !== framework)
    .map(([name, entry]) => `/${entry} for ${name}`)
  throw new TypeError(
    `requireToken of @token-introspection/client/${ENTRIES[framework]} was called with an argument that ${framework} does not ` +
      `give to ${framework === 'Fastify' ? 'hooks' : 'middleware'}; use the requireToken of your framework: ${others.join(', ')}`,
  )
}
