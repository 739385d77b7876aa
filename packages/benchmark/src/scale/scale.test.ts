import { describe, expect, test } from 'vitest'
import { simulateCollisions } from './collisions.ts'
import { type FanOut, type Link, simulateFanOut } from './fan-out.ts'
import { simulateGapLoad } from './gap-load.ts'
import { Histogram } from './histogram.ts'
import { simulatePolling } from './polling.ts'
import { simulateQuestions } from './questions.ts'
import { createSeededRandom } from './seeded-random.ts'

const exact: Link = { latencyMs: 0, jitterMs: 0, lossShare: 0, resendMs: 200 }
const free = { perMessageMs: 0, perEventMs: 0, perWriteMs: 0 }
const small: FanOut = {
  eventsPerSecond: 10,
  seconds: 100,
  windowMs: 0,
  readMs: 1,
  servers: 1,
  relaysBy: 'passing on',
  regions: [{ clients: 3, relays: 0, link: { ...exact, latencyMs: 10 } }],
  link: exact,
  costs: free,
  octetsOf: (events) => 100 * events,
}

describe('createSeededRandom', () => {
  test('gives the same numbers for the same seed, with the means that it states', () => {
    const [one, two] = [createSeededRandom(7), createSeededRandom(7)]
    let uniform = 0
    let exponential = 0
    for (let index = 0; index < 100_000; index++) {
      uniform += one.uniform()
      exponential += one.exponential(3)
      two.uniform()
      two.exponential(3)
    }
    expect(one.uniform()).toBe(two.uniform())
    expect(uniform / 100_000).toBeCloseTo(0.5, 2)
    expect(exponential / 100_000).toBeCloseTo(3, 1)
  })
})

describe('Histogram', () => {
  test('gives quantiles within one per cent', () => {
    const histogram = new Histogram()
    for (let value = 1; value <= 1000; value++) histogram.add(value)
    expect(Math.abs(histogram.quantile(0.5) / 500 - 1)).toBeLessThan(0.011)
    expect(Math.abs(histogram.quantile(0.99) / 990 - 1)).toBeLessThan(0.011)
    expect(histogram.quantile(1)).toBe(1000)
    expect([histogram.count, histogram.max]).toEqual([1000, 1000])
  })
})

describe('simulateFanOut', () => {
  test('without costs an event takes the read and the way', () => {
    const { lateness, messagesPerSecond, octetsPerClient, octetsFromServers } = simulateFanOut(
      small,
      createSeededRandom(1),
    )
    expect(lateness[0]?.max).toBeCloseTo(11, 6)
    const events = (lateness[0]?.count ?? 0) / 3
    expect(events).toBeGreaterThan(800)
    expect(messagesPerSecond).toBeCloseTo((events * 3) / 100, 6)
    expect(octetsPerClient).toBeCloseTo(events, 6)
    expect(octetsFromServers).toBeCloseTo(3 * events, 6)
  })

  test('collects events, and sends them through relays', () => {
    const setting = { ...small, windowMs: 5, regions: [{ clients: 10, relays: 2, link: { ...exact, latencyMs: 10 } }] }
    const { lateness, octetsFromServers, octetsPerClient } = simulateFanOut(setting, createSeededRandom(1))
    // Two windows, the read and one way.
    expect(lateness[0]?.max).toBeCloseTo(21, 6)
    expect(octetsFromServers / octetsPerClient).toBeCloseTo(2, 1)
    // Every client gets every event.
    expect((lateness[0]?.count ?? 0) % 10).toBe(0)
  })

  test('a relay that asks needs a round trip more, and misses nothing', () => {
    const setting: FanOut = {
      ...small,
      relaysBy: 'asking',
      windowMs: 5,
      regions: [{ clients: 4, relays: 2, link: { ...exact, latencyMs: 10 } }],
    }
    const asking = simulateFanOut(setting, createSeededRandom(1))
    const passing = simulateFanOut({ ...setting, relaysBy: 'passing on' }, createSeededRandom(1))
    expect(asking.lateness[0]?.count).toBe(passing.lateness[0]?.count)
    // Two windows, the read, one way and a round trip; or the events came while another question was under way.
    expect(asking.lateness[0]?.quantile(0.5)).toBeGreaterThan(35)
    expect(asking.lateness[0]?.max).toBeLessThanOrEqual(41.001)
  })

  test('a process that has too much to do falls behind', () => {
    const setting = { ...small, eventsPerSecond: 1000, seconds: 2, costs: { ...free, perEventMs: 2 } }
    const { serverLoad, lateness } = simulateFanOut(setting, createSeededRandom(1))
    expect(serverLoad).toBeGreaterThan(1)
    expect(lateness[0]?.max).toBeGreaterThan(1000)
  })

  test('a lost message delays those after it', () => {
    const link = { ...exact, lossShare: 1, resendMs: 50 }
    const { lateness } = simulateFanOut({ ...small, regions: [{ clients: 1, relays: 0, link }] }, createSeededRandom(1))
    expect(lateness[0]?.max).toBeGreaterThanOrEqual(51)
  })
})

describe('simulatePolling', () => {
  test('asks as often as it says, and is late by half the pause', () => {
    const { questionsPerSecond, lateness } = simulatePolling(
      { eventsPerSecond: 50, seconds: 200, followers: 10, everyMs: 1000, latencyMs: 0, perQuestionMs: 0.001 },
      createSeededRandom(1),
    )
    expect(questionsPerSecond).toBeCloseTo(10, 0)
    expect(Math.abs(lateness.quantile(0.5) / 500 - 1)).toBeLessThan(0.1)
  })

  test('a long poll is answered when there is an event', () => {
    const { questionsPerSecond, lateness } = simulatePolling(
      { eventsPerSecond: 1, seconds: 200, followers: 10, everyMs: 0, latencyMs: 1, perQuestionMs: 0.1 },
      createSeededRandom(1),
    )
    expect(questionsPerSecond).toBeGreaterThan(7)
    expect(questionsPerSecond).toBeLessThan(13)
    expect(lateness.quantile(0.5)).toBeLessThan(3)
  })
})

describe('simulateQuestions', () => {
  test('passes on no more than one question in each round trip', () => {
    const { questionsPerSecond, passedOnPerSecond, waiting } = simulateQuestions(
      { seconds: 100, followers: 1000, everyMs: 10_000, roundTripMs: 100 },
      createSeededRandom(1),
    )
    expect(questionsPerSecond).toBeCloseTo(100, -1)
    expect(passedOnPerSecond).toBeLessThan(10.1)
    expect(waiting.max).toBeLessThanOrEqual(200)
  })
})

describe('simulateCollisions', () => {
  test('agrees with the formula', () => {
    const setting = { eventsPerSecond: 100, slots: 2 ** 18, keysPerAnswer: 5, lifetimeSeconds: 600, answers: 5000 }
    const { voidedShare, meanLifeSeconds } = simulateCollisions(setting, createSeededRandom(1))
    const rate = (5 * 100) / 2 ** 18
    expect(voidedShare).toBeCloseTo(1 - Math.exp(-rate * 600), 1)
    expect(Math.abs(meanLifeSeconds / ((1 - Math.exp(-rate * 600)) / rate) - 1)).toBeLessThan(0.05)
  })
})

describe('simulateGapLoad', () => {
  const setting = { tokens: 5000, secondsBetweenUses: 20, maxAgeSeconds: 30, maxAgeWhileConnectedSeconds: 600 } as const

  test('after a lost place the rate returns to what it was', () => {
    const { steady, peak, later } = simulateGapLoad({ ...setting, lost: 'place' }, createSeededRandom(1))
    expect(Math.abs(steady / (1000 / 620) - 1)).toBeLessThan(0.1)
    expect(peak).toBeGreaterThan(20 * steady)
    expect(later).toBeLessThan(2 * steady)
  })

  test('without the feed it is that of a cache with the shorter age', () => {
    const { later } = simulateGapLoad({ ...setting, lost: 'feed' }, createSeededRandom(1))
    expect(Math.abs(later / (1000 / 50) - 1)).toBeLessThan(0.1)
  })
})
