/** What each entry point may load of others, on Node and where there is no Node. */
import type { Reach } from './reach.ts'

/** An entry under the conditions of a runtime. */
export interface ExpectedReach {
  /** The folder of the package. */
  readonly folder: string
  readonly entry: string
  readonly conditions: readonly string[]
  /** Loaded with the entry. */
  readonly loads: readonly string[]
  /** Loaded when it is first needed. */
  readonly loadsLater: readonly string[]
}

const NODE = ['node']
const ELSEWHERE = ['workerd']

/** Every entry, under both. */
export const EXPECTED_REACH: readonly ExpectedReach[] = [
  ...[NODE, ELSEWHERE].flatMap((conditions) => [
    { folder: 'core', entry: '.', conditions, loads: ['zod/mini'], loadsLater: [] },
    { folder: 'core', entry: './dpop', conditions, loads: [], loadsLater: [] },
    { folder: 'core', entry: './maybe-promise', conditions, loads: [], loadsLater: [] },
    { folder: 'core', entry: './node-header', conditions, loads: [], loadsLater: [] },
    { folder: 'core', entry: './options', conditions, loads: [], loadsLater: [] },
    { folder: 'core', entry: './replay', conditions, loads: [], loadsLater: [] },
    { folder: 'client', entry: './opentelemetry', conditions, loads: [], loadsLater: [] },
    { folder: 'client', entry: './providers', conditions, loads: [], loadsLater: [] },
    { folder: 'client', entry: './redis', conditions, loads: [], loadsLater: [] },
  ]),
  ...['.', './node', './express', './fastify', './hono', './koa', './mcp'].flatMap((entry) => [
    {
      folder: 'client',
      entry,
      conditions: NODE,
      loads: ['lru-cache', 'node:crypto', 'node:diagnostics_channel', 'zod/mini'],
      loadsLater: ['jose', 'node:http', 'node:https', 'undici'],
    },
    { folder: 'client', entry, conditions: ELSEWHERE, loads: ['lru-cache', 'zod/mini'], loadsLater: ['jose'] },
  ]),
  {
    folder: 'client',
    entry: './nest',
    conditions: NODE,
    loads: ['@nestjs/common', '@nestjs/core', 'lru-cache', 'node:crypto', 'node:diagnostics_channel', 'zod/mini'],
    loadsLater: ['jose', 'node:http', 'node:https', 'undici'],
  },
  {
    folder: 'client',
    entry: './nest',
    conditions: ELSEWHERE,
    loads: ['@nestjs/common', '@nestjs/core', 'lru-cache', 'zod/mini'],
    loadsLater: ['jose'],
  },
  ...['./postgres', './redis', './sqlite'].flatMap((entry) => [
    { folder: 'server', entry, conditions: NODE, loads: ['node:crypto', 'zod/mini'], loadsLater: [] },
    { folder: 'server', entry, conditions: ELSEWHERE, loads: ['zod/mini'], loadsLater: [] },
  ]),
  ...['.', './node', './express', './fastify', './koa'].flatMap((entry) => [
    {
      folder: 'server',
      entry,
      conditions: NODE,
      loads: ['lru-cache', 'node:crypto', 'zod/mini'],
      loadsLater: ['jose'],
    },
    { folder: 'server', entry, conditions: ELSEWHERE, loads: ['lru-cache', 'zod/mini'], loadsLater: ['jose'] },
  ]),
  ...[NODE, ELSEWHERE].flatMap((conditions) =>
    ['./hono', './opentelemetry'].map((entry) => ({ folder: 'server', entry, conditions, loads: [], loadsLater: [] })),
  ),
  {
    folder: 'testing',
    entry: '.',
    conditions: NODE,
    loads: ['lru-cache', 'node:crypto', 'zod/mini'],
    loadsLater: ['jose'],
  },
  { folder: 'testing', entry: '.', conditions: ELSEWHERE, loads: ['lru-cache', 'zod/mini'], loadsLater: ['jose'] },
  {
    folder: 'testing',
    entry: './hostile',
    conditions: NODE,
    loads: ['node:crypto', 'node:events', 'node:http', 'node:https', 'node:zlib'],
    loadsLater: [],
  },
  {
    folder: 'testing',
    entry: './msw',
    conditions: NODE,
    loads: ['@mswjs/interceptors/http', 'msw', 'msw/experimental'],
    loadsLater: [],
  },
]

/** Says what is reached that should not be, and by which way; also what is no longer reached. */
export function checkReach(expected: ExpectedReach, { reached }: Reach): string[] {
  const what = `${expected.folder} ${expected.entry} (${expected.conditions.join()})`
  const problems: string[] = []
  for (const { specifier, kind, through } of reached) {
    const allowed = kind === 'static' ? expected.loads : [...expected.loads, ...expected.loadsLater]
    if (!allowed.includes(specifier)) {
      problems.push(
        `${what} ${kind === 'static' ? 'loads' : 'later loads'} ${specifier} through ${through.join(' → ')}`,
      )
    }
  }
  for (const specifier of [...expected.loads, ...expected.loadsLater]) {
    if (!reached.some((found) => found.specifier === specifier)) problems.push(`${what} does not reach ${specifier}`)
  }
  return problems
}
