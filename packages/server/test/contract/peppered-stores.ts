/** Stores with a pepper over one database, in each state of a change of the pepper. */
import type { ConsumingTokenStore } from '../../src/index.ts'

export const PEPPER = 'a-pepper-that-only-the-servers-know'
export const NEXT_PEPPER = 'the-next-pepper-of-the-same-servers'

type Pepper = (string | null)[] | undefined

/** What the processes of a deployment have: those that save, and those that do everything else. */
export const PEPPER_STATES: readonly [state: string, saving: Pepper, other: Pepper][] = [
  ['a pepper', [PEPPER], [PEPPER]],
  ['a pepper that only tokens of other processes have', [PEPPER, null], [null, PEPPER]],
  ['a pepper that tokens of other processes do not have yet', [null, PEPPER], [PEPPER, null]],
  ['a pepper that tokens of the past do not have', undefined, [PEPPER, null]],
  ['a pepper and the next one', [PEPPER, NEXT_PEPPER], [NEXT_PEPPER, PEPPER]],
  ['a pepper and the one before it', [PEPPER], [NEXT_PEPPER, PEPPER]],
]

/** A store that saves with one store, and does everything else with another one over the same database. */
export function saveElsewhere<Store extends ConsumingTokenStore>(saving: Store, other: Store): Store {
  return { ...other, save: (token, record) => saving.save(token, record) }
}
