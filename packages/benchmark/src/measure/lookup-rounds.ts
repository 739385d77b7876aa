/** Lookups in a store, measured at a fixed concurrency. */
import { SUBJECT } from '../fixture.ts'
import { measureLanes, type StoreTarget } from './lane-rounds.ts'

/** Looks up the token with this index. The result has a `sub`. */
export type Lookup = (index: number) => Promise<unknown>

/** A variant that is ready to be measured. */
export interface LookupVariant {
  readonly lookup: Lookup
  readonly tokenCount: number
}

/** The step from one token to the next. It reaches every token, and no two neighbours follow each other. */
const STRIDE = 7919

/** Turns a lookup into a child program. */
export function measureLookups(create: (target: StoreTarget) => Promise<LookupVariant>): void {
  measureLanes(async (target) => {
    const { lookup, tokenCount } = await create(target)
    let next = 0
    return async () => {
      next = (next + STRIDE) % tokenCount
      const found = (await lookup(next)) as { readonly sub?: unknown } | null
      if (found?.sub !== SUBJECT) throw new Error('unexpected record')
    }
  })
}
