/** The settings of the playground: what a link to it can say. */

/** What is broken. */
export const FAULTS = [
  'none',
  'other-audience',
  'wrong-audience',
  'little-scope',
  'expired',
  'clock',
  'secret',
  'outage',
  'feed-outage',
  'html',
  'huge',
  'active-text',
  'twice',
  'redirect',
] as const

/** One of {@link FAULTS}. */
export type Fault = (typeof FAULTS)[number]

/** The settings. */
export interface Settings {
  /** Whether the API follows the revocation feed. */
  readonly feed: boolean
  /** How long the API may use an answer again, in seconds. 0 means that it asks at every call. */
  readonly keepSeconds: number
  readonly fault: Fault
  /** How far the clock of the API is ahead of the other one, in minutes; below 0 it is behind. Only with the fault `clock`. */
  readonly clockMinutes: number
}

/** The bounds of the numbers. */
export const BOUNDS = Object.freeze({
  keepSeconds: Object.freeze({ min: 0, max: 1800 }),
  clockMinutes: Object.freeze({ min: -120, max: 120 }),
})

/** The settings of a page that was opened without a link. */
export const DEFAULT_SETTINGS: Settings = Object.freeze({
  feed: true,
  keepSeconds: 300,
  fault: 'none',
  clockMinutes: 90,
})
