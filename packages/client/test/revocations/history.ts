/** One history: what a machine is like, and what happens, with every delay. Running it twice gives the same. */
import type { ClockFaults } from './simulated-clock.ts'
import { REVOCABLES, TOKENS } from './simulated-tokens.ts'
import { Random } from './random.ts'

/** The way of a message and back. */
export interface Way {
  /** Which node of the server gets it. */
  readonly node: number
  readonly outMs: number
  readonly workMs: number
  readonly backMs: number
  /** The answer does not arrive. */
  readonly isLost: boolean
}

export type Step = { readonly waitMs: number } & (
  | {
      readonly do: 'ask'
      readonly process: number
      readonly token: number
      readonly way: Way
      /** The way of the second request, if the answer to the first is void when it arrives. */
      readonly again: Way
      /** How long the application's own check of an answer takes. */
      readonly judgeMs: number
      /** Which of the revocations so far the call must know of. */
      readonly receipt: number | undefined
    }
  | { readonly do: 'question'; readonly process: number; readonly way: Way }
  | {
      readonly do: 'push'
      readonly process: number
      readonly back: number
      readonly count: number
      readonly delayMs: number
    }
  | { readonly do: 'revoke'; readonly revocable: number; readonly commitMs: number; readonly isNumbered: boolean }
  /** The record of a token is replaced, as when it loses a scope. */
  | { readonly do: 'save'; readonly token: number }
  | { readonly do: 'number' }
  | { readonly do: 'issue'; readonly token: number }
  | { readonly do: 'replicate'; readonly behind: number }
  | { readonly do: 'lose'; readonly writes: number; readonly downMs: number }
  | { readonly do: 'begin log' }
  | { readonly do: 'trim'; readonly keep: number }
  | { readonly do: 'down'; readonly forMs: number }
  | { readonly do: 'cut off'; readonly process: number; readonly forMs: number }
  | { readonly do: 'restart'; readonly process: number }
  | { readonly do: 'pause'; readonly process: number; readonly forMs: number }
  | { readonly do: 'suspend'; readonly process: number; readonly forMs: number }
  | { readonly do: 'step clock'; readonly process: number; readonly byMs: number }
)

export interface History {
  /** The clocks of the machines, one for each process. */
  readonly machines: readonly ClockFaults[]
  /** The processes keep their answers in one store. */
  readonly isShared: boolean
  /** How wrong the clock of the log is, in milliseconds. */
  readonly logOffsetMs: number
  /** Each process asks the question of the lease again and again, and its messages go these ways in turn. */
  readonly lease: { readonly everyMs: number; readonly ways: readonly Way[] } | undefined
  readonly steps: readonly Step[]
}

const LONGEST_RATE = 1.01

export function generateHistory(seed: number): History {
  const random = new Random(seed)
  const processes = random.between(1, 3)
  const rate = (): number => 1 / LONGEST_RATE + random.next() * (LONGEST_RATE - 1 / LONGEST_RATE)
  const machines = Array.from({ length: processes }, () => ({
    wallRate: rate(),
    monotonicRate: rate(),
    offsetMs: random.chance(0.3) ? random.between(-3_600_000, 3_600_000) : 0,
  }))
  // A machine that sleeps has a wall clock that nobody sets back: the two together cannot be noticed.
  const sleeps = machines.map(() => random.chance(0.5))
  const isShared = random.chance(0.25)
  const logOffsetMs = random.chance(0.5) ? random.between(-60_000, 60_000) : 0
  // Each history has its own weather.
  const weather: Weather = {
    random,
    processes,
    sleeps,
    slowness: random.next() ** 2,
    disasters: random.next() ** 2,
    lag: random.next(),
    tokens: random.between(1, TOKENS.length),
  }
  const ways = Array.from({ length: 5 }, () => generateWay(weather))
  const lease = random.chance(0.6) ? { everyMs: random.between(1000, 4000), ways } : undefined
  const steps = Array.from({ length: random.between(30, 80) }, () => generateStep(weather))
  return { machines, isShared, logOffsetMs, lease, steps }
}

interface Weather {
  readonly random: Random
  readonly processes: number
  readonly sleeps: readonly boolean[]
  /** From 0 to 1: how often a message is slow or lost. */
  readonly slowness: number
  /** From 0 to 1: how often something breaks. */
  readonly disasters: number
  /** From 0 to 1: how far replicas are behind. */
  readonly lag: number
  /** How many tokens are in use. */
  readonly tokens: number
}

function generateStep(weather: Weather): Step {
  const { random, processes, lag } = weather
  const waitMs = generateWait(random)
  const process = random.below(processes)
  const dice = random.next() * (1 + 0.25 * weather.disasters)
  if (dice < 0.42) {
    const token = random.below(weather.tokens)
    const way = generateWay(weather)
    const again = generateWay(weather)
    const judgeMs = random.chance(0.25) ? generateDelay(weather) : 0
    const receipt = random.chance(0.2) ? random.below(4) : undefined
    return { waitMs, do: 'ask', process, token, way, again, judgeMs, receipt }
  }
  if (dice < 0.66) return { waitMs, do: 'question', process, way: generateWay(weather) }
  if (dice < 0.76) {
    const back = random.chance(0.7) ? 0 : random.below(4)
    return { waitMs, do: 'push', process, back, count: random.between(1, 3), delayMs: generateDelay(weather) }
  }
  if (dice < 0.87) {
    const revocable = random.below(REVOCABLES.length)
    const commitMs = random.chance(0.3) ? generateDelay(weather) : 0
    return { waitMs, do: 'revoke', revocable, commitMs, isNumbered: random.chance(0.6) }
  }
  if (dice < 0.89) return { waitMs, do: 'save', token: random.below(weather.tokens) }
  if (dice < 0.91) return { waitMs, do: 'number' }
  if (dice < 0.93) return { waitMs, do: 'issue', token: random.below(TOKENS.length) }
  if (dice < 1) return { waitMs, do: 'replicate', behind: random.chance(lag) ? random.below(6) : 0 }
  return generateDisaster(weather, waitMs, process)
}

function generateDisaster({ random, sleeps }: Weather, waitMs: number, process: number): Step {
  const forMs = random.chance(0.5) ? random.between(100, 8000) : random.between(8000, 80_000)
  switch (random.below(11)) {
    case 0:
    case 1:
      return { waitMs, do: 'lose', writes: random.between(1, 6), downMs: random.chance(0.5) ? 0 : random.below(8000) }
    case 2:
      return { waitMs, do: 'begin log' }
    case 3:
      return { waitMs, do: 'trim', keep: random.between(1, 3) }
    case 4:
      return { waitMs, do: 'down', forMs }
    case 5:
      return { waitMs, do: 'cut off', process, forMs }
    case 6:
      return { waitMs, do: 'restart', process }
    case 7:
      return { waitMs, do: 'pause', process, forMs }
    default: {
      const sleepsNow = sleeps[process] === true
      if (sleepsNow && random.chance(0.6)) return { waitMs, do: 'suspend', process, forMs }
      const byMs = random.chance(0.5) ? random.between(1, 5000) : random.between(5000, 3_600_000)
      return { waitMs, do: 'step clock', process, byMs: sleepsNow || random.chance(0.3) ? byMs : -byMs }
    }
  }
}

function generateWait(random: Random): number {
  const dice = random.next()
  if (dice < 0.5) return random.below(300)
  if (dice < 0.93) return random.below(3000)
  return random.below(20_000)
}

function generateDelay({ random, slowness }: Weather): number {
  const dice = random.next()
  if (dice < slowness * 0.3) return random.between(1000, 15_000)
  return dice < 0.5 ? random.below(20) : random.below(1000)
}

function generateWay(weather: Weather): Way {
  const { random, slowness } = weather
  return {
    node: random.below(2),
    outMs: generateDelay(weather),
    workMs: random.chance(0.5) ? 0 : generateDelay(weather),
    backMs: generateDelay(weather),
    isLost: random.chance(slowness * 0.15),
  }
}
