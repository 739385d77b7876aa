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

/** Every n-th token is new and evicts the least recently used one. */
const NEW_EVERY = 10

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
    for (let call = 0; performance.now() < end; call++) {
      const isNew = call % NEW_EVERY === 0
      // Known tokens come from the newer half, which is not evicted before it is used again.
      const index = isNew ? newest++ : newest - 1 - Math.floor((Math.random() * entries) / 2)
      const { active } = await introspection.introspect(tokenAt(index))
      if (!active) throw new Error('unexpected answer')
    }
    const { entries: kept, misses } = introspection.statistics()
    if (kept !== entries || misses !== newest) throw new Error('the cache did not stay full')
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
