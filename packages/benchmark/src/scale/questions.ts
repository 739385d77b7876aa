/** Simulates the questions that renew leases, at a relay that passes them on. Questions that wait together share one. */
import { Histogram } from './histogram.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What is simulated. */
export interface Questions {
  readonly seconds: number
  /** Followers of this relay. */
  readonly followers: number
  /** How often each of them asks. */
  readonly everyMs: number
  /** From the relay to the server and back. */
  readonly roundTripMs: number
}

/** What came out. */
export interface QuestionsResult {
  readonly questionsPerSecond: number
  /** Questions that the relay sends. */
  readonly passedOnPerSecond: number
  /** How long a follower waits for its answer, in milliseconds. */
  readonly waiting: Histogram
}

/** Simulates one relay. A question that arrives while another is under way waits for the next one. */
export function simulateQuestions(setting: Questions, random: SeededRandom): QuestionsResult {
  const endMs = setting.seconds * 1000
  const waiting = new Histogram()
  const arrivals: number[] = []
  for (let follower = 0; follower < setting.followers; follower++) {
    for (
      let at = random.uniform() * setting.everyMs;
      at < endMs;
      at += setting.everyMs * (0.9 + 0.2 * random.uniform())
    )
      arrivals.push(at)
  }
  arrivals.sort((a, b) => a - b)
  let passedOn = 0
  let back = 0
  for (let next = 0; next < arrivals.length; ) {
    const sent = Math.max(arrivals[next] ?? 0, back)
    back = sent + setting.roundTripMs
    passedOn++
    for (let at = arrivals[next]; at !== undefined && at <= sent; at = arrivals[++next]) waiting.add(back - at)
  }
  return {
    questionsPerSecond: arrivals.length / setting.seconds,
    passedOnPerSecond: passedOn / setting.seconds,
    waiting,
  }
}
