/** The command line of the benchmark. */
import { parseArgs } from 'node:util'

/** The two sides that are measured. */
export const SIDES = ['client', 'server'] as const

/** One side. */
export type Side = (typeof SIDES)[number]

/** What was asked for. */
export interface BenchmarkArguments {
  /** Fewer and shorter rounds in one process per variant: an impression in about 20 seconds. */
  readonly quick: boolean
  readonly sides: readonly Side[]
  /** Measure the built output of our packages instead of their sources. */
  readonly dist: boolean
  /** End with exit code 1 when a bar is missed. */
  readonly assert: boolean
  /** Write a CPU profile of every measured process; the figures of such a run mean little. */
  readonly profile: boolean
  /** Keep the measured process and its counterpart on two cores instead of one. */
  readonly apart: boolean
  readonly help: boolean
}

/** What `--help` prints. */
export const USAGE = `pnpm bench [--quick] [--only client|server] [--dist] [--assert] [--profile] [--apart]

  --quick     fewer and shorter rounds, about 20 seconds
  --only      one side alone
  --dist      measure packages/*/dist instead of the sources
  --assert    exit code 1 when a bar is missed
  --profile   write CPU profiles to results/profiles; they distort the figures
  --apart     measured process and counterpart on two cores; only for a quiet computer
`

/** Parses the command line; an unknown word is a `TypeError`. */
export function parseArguments(argv: readonly string[]): BenchmarkArguments {
  const { values } = parseArgs({
    // `pnpm bench -- --quick` hands the two dashes on.
    args: argv.filter((argument) => argument !== '--'),
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      dist: { type: 'boolean', default: false },
      assert: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      apart: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { only, ...flags } = values
  const side = SIDES.find((candidate) => candidate === only)
  if (only !== undefined && side === undefined) throw new TypeError(`--only: must be one of ${SIDES.join(', ')}`)
  return { ...flags, sides: side === undefined ? SIDES : [side] }
}
