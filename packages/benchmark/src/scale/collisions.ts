/** Simulates how long answers live when events of other tokens fall into the slots of their keys by chance. */
import type { SeededRandom } from './seeded-random.ts'

/** What is simulated. */
export interface Collisions {
  readonly eventsPerSecond: number
  readonly slots: number
  readonly keysPerAnswer: number
  /** How long an answer is kept that no event makes void. */
  readonly lifetimeSeconds: number
  readonly answers: number
}

/** What came out. */
export interface CollisionsResult {
  /** The share of answers that an event of another token made void. */
  readonly voidedShare: number
  /** The mean, in seconds. */
  readonly meanLifeSeconds: number
}

/** Fills answers into a table of slots, and lets events hit slots at random. */
export function simulateCollisions(setting: Collisions, random: SeededRandom): CollisionsResult {
  const { slots, answers, keysPerAnswer, lifetimeSeconds, eventsPerSecond } = setting
  const inSlot = new Map<number, number[]>()
  for (let answer = 0; answer < answers; answer++) {
    for (let key = 0; key < keysPerAnswer; key++) {
      const slot = Math.floor(random.uniform() * slots)
      const others = inSlot.get(slot)
      if (others === undefined) inSlot.set(slot, [answer])
      else others.push(answer)
    }
  }
  const life = new Float64Array(answers).fill(lifetimeSeconds)
  for (let at = random.exponential(1 / eventsPerSecond); at < lifetimeSeconds; ) {
    for (const answer of inSlot.get(Math.floor(random.uniform() * slots)) ?? [])
      life[answer] = Math.min(life[answer] ?? at, at)
    at += random.exponential(1 / eventsPerSecond)
  }
  return {
    voidedShare: life.filter((seconds) => seconds < lifetimeSeconds).length / answers,
    meanLifeSeconds: life.reduce((sum, seconds) => sum + seconds, 0) / answers,
  }
}
