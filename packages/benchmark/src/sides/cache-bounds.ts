/** The memory and the pauses of the client's cache, as single figures. */
import { Child } from '../measure/child.ts'
import type { Figure } from '../report/figures.ts'
import type { Pauses } from '../variants/cached/churn.ts'

/** The name of the side. */
export const CACHE_BOUNDS = 'cache bounds'

/** The name of each figure in the report. */
export const figureNames = {
  hundredThousand: 'memory per answer, 100,000 of them',
  million: 'memory per answer, 1,000,000 of them',
  followed: 'memory per answer with a feed / without one, 100,000 of them',
  incremental: 'longest minor or incremental pause, 100,000 answers',
  full: 'longest end of a full collection, 100,000 answers',
  forced: 'longest forced full collection, 100,000 answers',
  herd: 'requests for 1,000 calls with one token at once',
} as const

/** In milliseconds. The programs first fetch a million answers. */
const TIMEOUT_MS = 180_000

/** Measures every figure once, each program in a process of its own. */
export async function measureCacheBounds(churnMs: number, execArgv: readonly string[]): Promise<Figure[]> {
  const ask = async <Value>(program: string, argument: object): Promise<Value> => {
    const child = new Child(`variants/cached/${program}`, {
      execArgv: [...execArgv, '--expose-gc', '--max-old-space-size=4096'],
    })
    try {
      return await child.call<Value>('measure', argument, TIMEOUT_MS + churnMs)
    } finally {
      await child.end()
    }
  }
  const bytes = (entries: number, followed = false) => ask<number>('memory-per-answer.ts', { entries, followed })
  const { hundredThousand, million, followed, incremental, full, forced, herd } = figureNames
  const small = await bytes(100_000)
  const large = await bytes(1_000_000)
  const withFeed = await bytes(100_000, true)
  const pauses = await ask<Pauses>('churn.ts', { entries: 100_000, durationMs: churnMs })
  const requests = await ask<number>('herd.ts', { calls: 1000 })
  return [
    { name: hundredThousand, unit: 'B', over: 'worst', value: small },
    { name: million, unit: 'B', over: 'worst', value: large },
    { name: followed, unit: 'ratio', over: 'worst', value: withFeed / small },
    { name: incremental, unit: 'ms', over: 'median', value: pauses.incrementalMs },
    { name: full, unit: 'ms', over: 'median', value: pauses.fullMs },
    { name: forced, unit: 'ms', over: 'median', value: pauses.forcedMs },
    { name: herd, unit: 'count', over: 'worst', value: requests },
  ]
}
