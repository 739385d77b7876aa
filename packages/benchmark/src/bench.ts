/** `pnpm bench`: measures both sides against their bases and peers, prints tables and writes the results. */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type BenchmarkArguments, parseArguments, type Side, USAGE } from './arguments.ts'
import { LAST_CORE, pinToCore, unpin } from './measure/pin-to-core.ts'
import type { Round } from './measure/ratio.ts'
import { type Figure, summarizeFigures } from './report/figures.ts'
import { judgeBars } from './report/judge-bars.ts'
import { printBars, printFigures, printTable } from './report/print-table.ts'
import { summarize } from './report/summary.ts'
import { RESULTS, type SideResult, writeResults } from './report/write-results.ts'
import { CACHE_BOUNDS, measureCacheBounds } from './sides/cache-bounds.ts'
import { type CachedSide, cachedSides } from './sides/cached-sides.ts'
import { clientSide, measureClientSide } from './sides/client-side.ts'
import { type FrameworkSide, frameworkSides } from './sides/framework-sides.ts'
import { measureServerSide, serverSide } from './sides/server-side.ts'
import { signedSide } from './sides/signed-side.ts'
import { measureStoreSide, type StoreSide, storeSides } from './sides/store-sides.ts'
import type { ChildSettings, Effort, Placement, SidePlan } from './sides/variant.ts'

const efforts: Readonly<Record<'client' | 'hits' | 'server' | 'stores', Readonly<Record<'full' | 'quick', Effort>>>> = {
  client: {
    full: { processes: 3, cycles: 24, roundMs: 250, warmUpMs: 1000 },
    quick: { processes: 1, cycles: 6, roundMs: 250, warmUpMs: 500 },
  },
  // The optimizing compiler works on the code of a hit for some seconds.
  hits: {
    full: { processes: 3, cycles: 16, roundMs: 250, warmUpMs: 3000 },
    quick: { processes: 1, cycles: 4, roundMs: 250, warmUpMs: 1500 },
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

/** For the bounds of the cache: the number of runs, each in new processes, and the time in which answers change. */
const boundsEfforts = {
  full: { processes: 3, churnMs: 15_000 },
  quick: { processes: 1, churnMs: 4000 },
} as const

interface MeasuredSide {
  readonly plan: SidePlan
  readonly effort: (typeof efforts)[keyof typeof efforts]
  /** The cores of the two processes. The load of a server comes from another core, so that it does not fill its caches. */
  readonly cores: 'one' | 'two'
  /** Resolves to `undefined` when this computer lacks a server or program for the side. */
  readonly measure: (effort: Effort, settings: ChildSettings) => Promise<Round[] | undefined>
}

/** A side that is measured in rounds: every side except the bounds of the cache. */
type RoundSide = Exclude<Side, typeof CACHE_BOUNDS>

function sideOf(side: RoundSide): MeasuredSide {
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
  if (side in cachedSides) {
    const plan = cachedSides[side as CachedSide]
    return { plan, effort: efforts.hits, cores: 'one', measure: (...how) => measureClientSide(...how, plan) }
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
    const length = given.quick ? 'quick' : 'full'
    const placement = side === CACHE_BOUNDS ? placeAnywhere() : place(given.cores ?? sideOf(side).cores)
    const settings = { execArgv: nodeOptions(given), placement }
    const result =
      side === CACHE_BOUNDS ? await measureBounds(length, settings) : await measureSide(side, length, settings)
    if (result === undefined) continue
    results.push(result)
    const { variants, figures, bars } = result
    const table = side === CACHE_BOUNDS ? printFigures(side, figures) : printTable(side, variants)
    console.log(`\n${describePlacement(placement)}\n${table}`)
    if (bars.length > 0) console.log(`\n${printBars(bars)}`)
  }
  writeResults({ source, node: process.version, finishedAt: new Date().toISOString(), sides: results })
  const missed = results.flatMap((result) => result.bars).filter((bar) => !bar.met)
  if (given.assert && missed.length > 0) process.exitCode = 1
}

async function measureSide(
  side: RoundSide,
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
  return { side, effort, variants, figures: [], bars: judgeBars(side, { variants }), processes }
}

async function measureBounds(length: 'full' | 'quick', { execArgv }: ChildSettings): Promise<SideResult> {
  const effort = boundsEfforts[length]
  const processes: Figure[][] = []
  while (processes.length < effort.processes) processes.push(await measureCacheBounds(effort.churnMs, execArgv))
  const figures = summarizeFigures(processes)
  const bars = judgeBars(CACHE_BOUNDS, { figures })
  return { side: CACHE_BOUNDS, effort, variants: [], figures, bars, processes: [] }
}

/** Takes the last core for the measured process, because the first one has more other work. This process only waits. */
function place(cores: 'one' | 'two'): Placement {
  if (!pinToCore(process.pid, LAST_CORE)) return { measured: undefined, counterpart: undefined }
  return { measured: LAST_CORE, counterpart: cores === 'two' ? Math.max(0, LAST_CORE - 1) : LAST_CORE }
}

/** Uses every core, because Node collects garbage with as many threads as there are cores. */
function placeAnywhere(): Placement {
  unpin(process.pid)
  return { measured: undefined, counterpart: undefined }
}

function describePlacement({ measured, counterpart }: Placement): string {
  if (measured === undefined) return 'every process on any core'
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
