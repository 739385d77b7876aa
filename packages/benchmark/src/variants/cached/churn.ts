/** How long garbage collection stops a process whose full cache changes all the time. */
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { answerParent } from '../../measure/answer-parent.ts'
import { collectGarbage } from './collect-garbage.ts'
import { createFilledClient, tokenAt } from './create-filled-client.ts'

/** The longest pauses, in milliseconds. `undefined` when there was none of that kind. */
export interface Pauses {
  /** A collection of the young generation, or one step of marking the old one. */
  readonly incrementalMs: number | undefined
  /** The end of a full collection that Node began by itself. */
  readonly fullMs: number | undefined
  /** A full collection that the program asked for, in one piece. */
  readonly forcedMs: number | undefined
}

/** Every n-th token is new and evicts an answer that was not used of late. */
const NEW_EVERY = 10

/** The part of the calls that may ask again about a token whose answer was evicted. */
const MOST_AGAIN = 0.01

interface Collection {
  readonly duration: number
  readonly detail: { readonly kind: number; readonly flags: number }
}

answerParent({
  async measure({ entries, durationMs }: { entries: number; durationMs: number }): Promise<Pauses> {
    const { introspection } = await createFilledClient(entries)
    const longest = new Map<keyof Pauses, number>()
    const observer = new PerformanceObserver((list) => {
      for (const collection of list.getEntries() as unknown as Collection[]) {
        const kind = pauseOf(collection)
        longest.set(kind, Math.max(longest.get(kind) ?? 0, collection.duration))
      }
    })
    observer.observe({ entryTypes: ['gc'] })
    const end = performance.now() + durationMs
    let newest = entries
    let calls = 0
    for (; performance.now() < end; calls++) {
      const isNew = calls % NEW_EVERY === 0
      // Known tokens come from the newer half, of which few are evicted before they are used again.
      const index = isNew ? newest++ : newest - 1 - Math.floor((Math.random() * entries) / 2)
      const { active } = await introspection.introspect(tokenAt(index))
      if (!active) throw new Error('unexpected answer')
    }
    const { entries: kept, misses } = introspection.statistics()
    const again = misses - newest
    if (kept !== entries || again < 0 || again > calls * MOST_AGAIN) {
      throw new Error(
        `the cache did not stay full: ${kept} of ${entries} answers, ${again} of ${calls} asked about again`,
      )
    }
    await collectGarbage()
    observer.disconnect()
    return {
      incrementalMs: longest.get('incrementalMs'),
      fullMs: longest.get('fullMs'),
      forcedMs: longest.get('forcedMs'),
    }
  },
})

function pauseOf({ detail: { kind, flags } }: Collection): keyof Pauses {
  if ((flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0) return 'forcedMs'
  return kind === constants.NODE_PERFORMANCE_GC_MAJOR ? 'fullMs' : 'incrementalMs'
}
