/** Simulates followers that ask one server again and again instead of holding a stream. */
import { Histogram } from './histogram.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What is simulated. */
export interface Polling {
  readonly eventsPerSecond: number
  readonly seconds: number
  /** Followers of this server. */
  readonly followers: number
  /** How long a follower pauses between its questions. 0 for a long poll, which the server answers when there is an event. */
  readonly everyMs: number
  /** One way. */
  readonly latencyMs: number
  /** What a question costs the server, in milliseconds of one core. */
  readonly perQuestionMs: number
}

/** What came out. */
export interface PollingResult {
  /** From the commit of a revocation until its event is applied at a follower, in milliseconds. */
  readonly lateness: Histogram
  readonly questionsPerSecond: number
  /** The share of one core. */
  readonly load: number
}

/** Simulates one server and its followers. */
export function simulatePolling(setting: Polling, random: SeededRandom): PollingResult {
  const endMs = setting.seconds * 1000
  const committed: number[] = []
  for (let at = random.exponential(1000 / setting.eventsPerSecond); at < endMs; ) {
    committed.push(at)
    at += random.exponential(1000 / setting.eventsPerSecond)
  }
  const lateness = new Histogram()
  const arrivals = Array.from({ length: setting.followers }, () => random.uniform() * Math.max(setting.everyMs, 10))
  const known = arrivals.map((at) => firstAfter(committed, at))
  let free = 0
  let busy = 0
  let questions = 0
  for (;;) {
    const follower = indexOfLeast(arrivals)
    const arrived = arrivals[follower] ?? Infinity
    if (arrived >= endMs) break
    const seen = known[follower] ?? 0
    // A long poll waits for the first event that its follower does not know.
    const ready = setting.everyMs > 0 ? arrived : Math.max(arrived, committed[seen] ?? Infinity)
    if (ready > arrived) {
      arrivals[follower] = ready
      continue
    }
    const begins = Math.max(arrived, free)
    const answered = begins + setting.perQuestionMs
    free = answered
    busy += setting.perQuestionMs
    questions++
    const upTo = firstAfter(committed, begins)
    for (let event = seen; event < upTo; event++) {
      lateness.add(answered + setting.latencyMs - (committed[event] ?? 0))
    }
    known[follower] = upTo
    arrivals[follower] = answered + 2 * setting.latencyMs + setting.everyMs * (0.9 + 0.2 * random.uniform())
  }
  return { lateness, questionsPerSecond: questions / setting.seconds, load: busy / endMs }
}

/** The index of the first time that is later. */
function firstAfter(times: readonly number[], at: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) > at) high = middle
    else low = middle + 1
  }
  return low
}

function indexOfLeast(values: readonly number[]): number {
  let least = 0
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? Infinity) < (values[least] ?? Infinity)) least = index
  }
  return least
}
