/** The bars of all sides, in the order of the report. */
import type { Bar } from './bar.ts'
import { cachedBars } from './cached-bars.ts'
import { clientBars } from './client-bars.ts'
import { frameworkBars } from './framework-bars.ts'
import { serverBars } from './server-bars.ts'
import { signedBars } from './signed-bars.ts'
import { storeBars } from './store-bars.ts'

/** Every bar. */
export const bars: readonly Bar[] = [
  ...clientBars,
  ...cachedBars,
  ...serverBars,
  ...frameworkBars,
  ...signedBars,
  ...storeBars,
]
