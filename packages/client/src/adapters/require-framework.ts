/** Whether an adapter was given what its framework gives, and not what another one does. */

/** The adapters that take requests. */
type Framework = 'Express' | 'Fastify' | 'Hono' | 'Koa' | 'Node'

const ENTRIES: Readonly<Record<Framework, string>> = {
  Express: 'express',
  Fastify: 'fastify',
  Hono: 'hono',
  Koa: 'koa',
  Node: 'node',
}

/**
 * Refuses what comes from another framework. Each adapter looks at one or two members that only its own has.
 *
 * @throws TypeError naming the entries of all adapters.
 */
export function requireFramework(framework: Framework, isOfIt: boolean): void {
  if (isOfIt) return
  const others = Object.entries(ENTRIES)
    .filter(([name]) => name !== framework)
    .map(([name, entry]) => `/${entry} for ${name}`)
  throw new TypeError(
    `requireToken of @token-introspection/client/${ENTRIES[framework]} was called with something that ${framework} does not ` +
      `give to ${framework === 'Fastify' ? 'hooks' : 'middleware'}; take the requireToken of your framework: ${others.join(', ')}`,
  )
}
