/** The command line of the benchmark. */
import { parseArgs } from 'node:util'
import { CACHE_BOUNDS } from './sides/cache-bounds.ts'
import { CACHED_SIDES } from './sides/cached-sides.ts'
import { FRAMEWORK_SIDES, GUARD_SIDES } from './sides/framework-sides.ts'
import { REVOCATION_SIDES, STORE_SIDES } from './sides/store-sides.ts'

/** The groups that can be measured alone. */
const GROUPS = {
  client: ['client'],
  cached: [...CACHED_SIDES, CACHE_BOUNDS],
  server: ['server'],
  frameworks: FRAMEWORK_SIDES,
  guards: GUARD_SIDES,
  signed: ['signed'],
  stores: STORE_SIDES,
  // A part of the stores.
  revocations: REVOCATION_SIDES,
} as const

/** A part of the benchmark with a table of its own. */
export type Side = (typeof GROUPS)[keyof typeof GROUPS][number]

/** The parsed command line. */
export interface BenchmarkArguments {
  /** Fewer and shorter rounds, in one process per variant. The result is only an impression. */
  readonly quick: boolean
  readonly sides: readonly Side[]
  /** Measure the built output of our packages instead of their sources. */
  readonly dist: boolean
  /** Exit with code 1 when a bar is missed. */
  readonly assert: boolean
  /** Write a CPU profile of every measured process. Profiling distorts the figures. */
  readonly profile: boolean
  /** Whether the measured process and its counterpart share one core or have two. The default depends on the side. */
  readonly cores: 'one' | 'two' | undefined
  readonly help: boolean
}

/** The text of `--help`. */
export const USAGE = `pnpm bench [--quick] [--only client|cached|server|frameworks|guards|signed|stores|revocations] [--dist] [--assert] [--profile] [--cores one|two]

  --quick     fewer and shorter rounds, about three minutes
  --only      one side alone, the stores, or their revocations
  --dist      measure packages/*/dist instead of the sources
  --assert    exit code 1 when a bar is missed
  --profile   write CPU profiles to results/profiles; they distort the figures
  --cores     cores for the measured process and its counterpart; two for servers, otherwise one
`

/** Parses the command line. Throws a `TypeError` for an unknown word. */
export function parseArguments(argv: readonly string[]): BenchmarkArguments {
  const { values } = parseArgs({
    // `pnpm bench -- --quick` passes the two dashes on.
    args: argv.filter((argument) => argument !== '--'),
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      dist: { type: 'boolean', default: false },
      assert: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      cores: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { only, cores, ...flags } = values
  if (cores !== undefined && cores !== 'one' && cores !== 'two') throw new TypeError('--cores: must be one or two')
  const names = Object.keys(GROUPS) as (keyof typeof GROUPS)[]
  const chosen = only === undefined ? names : names.filter((name) => name === only)
  if (chosen.length === 0) throw new TypeError(`--only: must be one of ${names.join(', ')}`)
  return { ...flags, cores, sides: [...new Set(chosen.flatMap((name): readonly Side[] => GROUPS[name]))] }
}
