/** How long collections stop a process whose cache is full and changes all the time. */
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { answerParent } from '../../measure/answer-parent.ts'
import { collectGarbage } from './collect-garbage.ts'
import { createFilledClient, tokenAt } from './create-filled-client.ts'

/** The longest pauses, in milliseconds; nothing where there was none of that kind. */
export interface Pauses {
  /** Of the young generation, or a part of marking the old one. */
  readonly incrementalMs: number | undefined
  /** The end of a collection of everything that began by itself. */
  readonly fullMs: number | undefined
  /** A collection of everything that was asked for, all at once. */
  readonly forcedMs: number | undefined
}

/** Each n-th token is new and drops the one that was used least recently. */
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
      // Known ones are of the younger half, which is not dropped before it is used again.
      const index = isNew ? newest++ : newest - 1 - Math.floor((Math.random() * entries) / 2)
      const { active } = await introspection.introspect(tokenAt(index))
      if (!active) throw new Error('not the answer that was expected')
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
