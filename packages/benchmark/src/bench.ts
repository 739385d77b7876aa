/** `pnpm bench`: measures both sides against their bases and peers, prints a table, writes the results. */
import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type BenchmarkArguments, parseArguments, type Side, USAGE } from './arguments.ts'
import { pinToCore } from './measure/pin-to-core.ts'
import type { Round } from './measure/ratio.ts'
import { judgeBars } from './report/bars.ts'
import { printBars, printTable } from './report/print-table.ts'
import { summarize } from './report/summary.ts'
import { RESULTS, type SideResult, writeResults } from './report/write-results.ts'
import { clientSide, measureClientSide } from './sides/client-side.ts'
import { type FrameworkSide, frameworkSides } from './sides/framework-sides.ts'
import { measureServerSide, serverSide } from './sides/server-side.ts'
import { signedSide } from './sides/signed-side.ts'
import { measureStoreSide, type StoreSide, storeSides } from './sides/store-sides.ts'
import type { ChildSettings, Effort, Placement, SidePlan } from './sides/variant.ts'

const efforts: Readonly<Record<'client' | 'server' | 'stores', Readonly<Record<'full' | 'quick', Effort>>>> = {
  client: {
    full: { processes: 3, cycles: 24, roundMs: 250, warmUpMs: 1000 },
    quick: { processes: 1, cycles: 6, roundMs: 250, warmUpMs: 500 },
  },
  server: {
    full: { processes: 3, cycles: 14, roundMs: 1000, warmUpMs: 2000 },
    quick: { processes: 1, cycles: 4, roundMs: 400, warmUpMs: 500 },
  },
  stores: {
    full: { processes: 3, cycles: 12, roundMs: 250, warmUpMs: 1000 },
    quick: { processes: 1, cycles: 4, roundMs: 250, warmUpMs: 500 },
  },
}

interface MeasuredSide {
  readonly plan: SidePlan
  readonly effort: (typeof efforts)[keyof typeof efforts]
  /** How many cores the two processes have. A server's load does not come from its own core, nor fill its caches. */
  readonly cores: 'one' | 'two'
  /** Nothing where what it takes is not on this computer. */
  readonly measure: (effort: Effort, settings: ChildSettings) => Promise<Round[] | undefined>
}

function sideOf(side: Side): MeasuredSide {
  if (side === 'client') return { plan: clientSide, effort: efforts.client, cores: 'one', measure: measureClientSide }
  if (side === 'server') return { plan: serverSide, effort: efforts.server, cores: 'two', measure: measureServerSide }
  if (side === 'signed') {
    return {
      plan: signedSide,
      effort: efforts.server,
      cores: 'two',
      measure: (...how) => measureServerSide(...how, signedSide),
    }
  }
  if (side in frameworkSides) {
    const plan = frameworkSides[side as FrameworkSide]
    return { plan, effort: efforts.server, cores: 'two', measure: (...how) => measureServerSide(...how, plan) }
  }
  return measuredStore(side as StoreSide)
}

function measuredStore(side: StoreSide): MeasuredSide {
  return { plan: storeSides[side], effort: efforts.stores, cores: 'one', measure: measureStore(side) }
}

function measureStore(side: StoreSide): MeasuredSide['measure'] {
  return (effort, settings) => measureStoreSide(side, effort, settings)
}

async function run(given: BenchmarkArguments): Promise<void> {
  const source = given.dist ? 'dist' : 'sources'
  console.log(`our packages: ${source}; Node ${process.version}`)
  console.log('ratios are to the first row: the median, and in brackets the quartiles of the rounds')
  const results: SideResult[] = []
  for (const side of given.sides) {
    const placement = place(given.cores ?? sideOf(side).cores)
    const result = await measureSide(side, given.quick ? 'quick' : 'full', {
      execArgv: nodeOptions(given),
      placement,
    })
    if (result === undefined) continue
    results.push(result)
    console.log(`\n${describePlacement(placement)}\n${printTable(side, result.variants)}\n\n${printBars(result.bars)}`)
  }
  writeResults({ source, node: process.version, finishedAt: new Date().toISOString(), sides: results })
  const missed = results.flatMap((result) => result.bars).filter((bar) => !bar.met)
  if (given.assert && missed.length > 0) process.exitCode = 1
}

async function measureSide(
  side: Side,
  length: 'full' | 'quick',
  settings: ChildSettings,
): Promise<SideResult | undefined> {
  const { plan, effort: lengths, measure } = sideOf(side)
  const effort = lengths[length]
  const processes: Round[][] = []
  while (processes.length < effort.processes) {
    const rounds = await measure(effort, settings)
    if (rounds === undefined) return undefined
    processes.push(rounds)
  }
  const names = plan.candidates.map((candidate) => candidate.name)
  const variants = summarize(processes, plan.base.name, names)
  return { side, effort, variants, bars: judgeBars(side, variants), processes }
}

/** The last core, which has less to do besides than the first. This process may be there too: it waits. */
/** Counted before this process keeps to one of them, because then it sees no other. */
const last = availableParallelism() - 1

function place(cores: 'one' | 'two'): Placement {
  if (!pinToCore(process.pid, last)) return { measured: undefined, counterpart: undefined }
  return { measured: last, counterpart: cores === 'two' ? Math.max(0, last - 1) : last }
}

function describePlacement({ measured, counterpart }: Placement): string {
  if (measured === undefined) return 'both processes wherever they like'
  return measured === counterpart ? 'both processes on one core' : 'each process on a core of its own'
}

function nodeOptions({ dist, profile }: BenchmarkArguments): string[] {
  const execArgv: string[] = []
  if (dist) execArgv.push('--import', new URL('variants/resolve-dist.ts', import.meta.url).href)
  if (profile) {
    const folder = new URL('profiles/', RESULTS)
    mkdirSync(folder, { recursive: true })
    execArgv.push('--cpu-prof', `--cpu-prof-dir=${fileURLToPath(folder)}`)
  }
  return execArgv
}

const given = parseArguments(process.argv.slice(2))
if (given.help) console.log(USAGE)
else await run(given)
