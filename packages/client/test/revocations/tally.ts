/** How often things happened in histories, so that nobody believes a simulation in which nothing happens. */
export interface Tally {
  accepted: number
  remembered: number
  /** Remembered for longer than without a feed. */
  extended: number
  proven: number
  voidOnArrival: number
  joined: number
  gaps: number
  named: number
  refused: number
  failed: number
}

export function createTally(): Tally {
  return {
    accepted: 0,
    remembered: 0,
    extended: 0,
    proven: 0,
    voidOnArrival: 0,
    joined: 0,
    gaps: 0,
    named: 0,
    refused: 0,
    failed: 0,
  }
}
