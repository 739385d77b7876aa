/**
 * Simulates the feed at scale, and prints the tables of docs/scale.md. The same seed gives the same figures:
 * `pnpm --filter @token-introspection/benchmark run scale`
 */
import { simulateCollisions } from './collisions.ts'
import { type FanOut, type Link, simulateFanOut, type StreamCosts } from './fan-out.ts'
import { simulateGapLoad } from './gap-load.ts'
import { simulatePolling } from './polling.ts'
import { simulateQuestions } from './questions.ts'
import { sampleMessage, samplePage, wireOctets } from './sample-page.ts'
import { createSeededRandom } from './seeded-random.ts'

const SEED = 12
const SECONDS = 5
/** Measured with `measure-costs.ts`, rounded up. */
const COSTS: StreamCosts = { perMessageMs: 0.05, perEventMs: 0.006, perWriteMs: 0.016 }
const PER_QUESTION_MS = 0.15
/** A relay may use half of a core. */
const RELAY_LOAD = 0.5
/** And writes a message to its last follower ten milliseconds after the first. */
const MAX_FOLLOWERS = 625

/** Assumed. */
const WITHIN: Link = { latencyMs: 0.3, jitterMs: 0.1, lossShare: 1e-6, resendMs: 200 }
const REGIONS = [
  { clients: 5000, link: WITHIN },
  { clients: 3000, link: { latencyMs: 40, jitterMs: 1, lossShare: 1e-4, resendMs: 240 } },
  { clients: 2000, link: { latencyMs: 90, jitterMs: 2, lossShare: 1e-4, resendMs: 290 } },
]

const octetsBySize: number[] = []
const octetsOf = (events: number): number => (octetsBySize[events] ??= wireOctets(sampleMessage(samplePage(events))))

printFanOut()
printPolling()
printQuestions()
printCollisions()
printGapLoad()

function printFanOut(): void {
  const rows = (
    [
      [1000, 20, 16, 'none'],
      [1000, 3, 2, 'asking'],
      [1000, 20, 2, 'asking'],
      [1000, 20, 2, 'passing on'],
      [1000, 50, 2, 'passing on'],
      [100, 3, 2, 'asking'],
      [100, 3, 2, 'passing on'],
      [10, 3, 2, 'asking'],
    ] as const
  ).map(([eventsPerSecond, windowMs, servers, relaying]) => {
    // Nearly every window has an event at a high rate, and few have one at a low rate.
    const messagesPerMs = 1 / (windowMs + 1000 / eventsPerSecond)
    const clientsPerRelay = Math.min(MAX_FOLLOWERS, Math.floor(RELAY_LOAD / (messagesPerMs * COSTS.perWriteMs)))
    const regions = REGIONS.map((region) => ({
      ...region,
      relays: relaying !== 'none' ? Math.max(2, Math.ceil(region.clients / clientsPerRelay)) : 0,
    }))
    const setting: FanOut = {
      eventsPerSecond,
      seconds: SECONDS,
      windowMs,
      readMs: 1,
      servers,
      relaysBy: relaying === 'asking' ? 'asking' : 'passing on',
      regions,
      link: WITHIN,
      costs: COSTS,
      octetsOf,
    }
    const result = simulateFanOut(setting, createSeededRandom(SEED))
    const relays = regions.reduce((sum, region) => sum + region.relays, 0)
    return [
      eventsPerSecond,
      `${windowMs} ms`,
      servers,
      relaying === 'none' ? 'none' : `${relays}, ${relaying}`,
      percent(Math.max(result.serverLoad, result.relayLoad)),
      thousands(result.messagesPerSecond),
      `${(result.octetsPerClient / 1000).toFixed(1)} kB`,
      megabits(result.octetsFromServers),
      megabits(result.octetsPerClient * 10_000),
      ...result.lateness.map(
        (lateness) => `${ms(lateness.quantile(0.5))} · ${ms(lateness.quantile(0.99))} · ${ms(lateness.max)}`,
      ),
    ]
  })
  print(
    'Streams: 10,000 clients in three regions',
    [
      'events/s',
      'window',
      'servers',
      'relays',
      'busiest core',
      'messages/s',
      'to each client/s',
      'from the servers',
      'to all clients',
      'region 1: p50 · p99 · max ms',
      'region 2',
      'region 3',
    ],
    rows,
  )
}

function printPolling(): void {
  const rows = [
    { how: 'long poll', eventsPerSecond: 1000, everyMs: 0 },
    { how: 'long poll', eventsPerSecond: 10, everyMs: 0 },
    { how: 'a question every second', eventsPerSecond: 1000, everyMs: 1000 },
    { how: 'a question every 10 seconds', eventsPerSecond: 1000, everyMs: 10_000 },
  ].map(({ how, eventsPerSecond, everyMs }) => {
    const { lateness, questionsPerSecond, load } = simulatePolling(
      {
        eventsPerSecond,
        seconds: 30,
        followers: MAX_FOLLOWERS,
        everyMs,
        latencyMs: 0.3,
        perQuestionMs: PER_QUESTION_MS,
      },
      createSeededRandom(SEED),
    )
    return [
      how,
      eventsPerSecond,
      thousands(questionsPerSecond),
      percent(load),
      `${ms(lateness.quantile(0.5))} · ${ms(lateness.quantile(0.99))} · ${ms(lateness.max)}`,
    ]
  })
  print(
    `Without streams: one server with ${MAX_FOLLOWERS} followers`,
    ['how', 'events/s', 'questions/s', 'core', 'p50 · p99 · max ms'],
    rows,
  )
}

function printQuestions(): void {
  const rows = [0.6, 80, 180].map((roundTripMs, region) => {
    const { questionsPerSecond, passedOnPerSecond, waiting } = simulateQuestions(
      { seconds: 100, followers: MAX_FOLLOWERS, everyMs: 10_000, roundTripMs },
      createSeededRandom(SEED),
    )
    return [
      region + 1,
      questionsPerSecond.toFixed(1),
      passedOnPerSecond.toFixed(1),
      `${ms(waiting.quantile(0.5))} · ${ms(waiting.quantile(0.99))}`,
    ]
  })
  print(
    `Lease questions at a relay with ${MAX_FOLLOWERS} followers`,
    ['region', 'asked/s', 'passed on/s', 'answered after p50 · p99 ms'],
    rows,
  )
}

function printCollisions(): void {
  const rows = [10, 100, 1000, 3000].map((eventsPerSecond) => [
    eventsPerSecond,
    ...[2 ** 20, 2 ** 22, 2 ** 24].map((slots) => {
      const { voidedShare, meanLifeSeconds } = simulateCollisions(
        { eventsPerSecond, slots, keysPerAnswer: 5, lifetimeSeconds: 600, answers: 20_000 },
        createSeededRandom(SEED),
      )
      return `${percent(voidedShare)} · ${meanLifeSeconds.toFixed(0)} s`
    }),
  ])
  print(
    'Answers of ten minutes that others end: share · mean life',
    ['events/s', '2²⁰ slots, 8 MB', '2²², 32 MB', '2²⁴, 128 MB'],
    rows,
  )
}

function printGapLoad(): void {
  const rows = [1, 20, 300].map((secondsBetweenUses) => {
    const [place, feed] = (['place', 'feed'] as const).map((lost) =>
      simulateGapLoad(
        { tokens: 50_000, secondsBetweenUses, maxAgeSeconds: 30, maxAgeWhileConnectedSeconds: 600, lost },
        createSeededRandom(SEED),
      ),
    )
    return [
      `${secondsBetweenUses} s`,
      place?.steady.toFixed(1),
      place?.peak.toFixed(0),
      place?.echo.toFixed(0),
      place?.later.toFixed(1),
      feed?.later.toFixed(1),
    ]
  })
  print(
    'Introspection requests per second for 1,000 tokens',
    [
      'a token is used every',
      'before',
      'worst second after a gap',
      'worst second later',
      'mean later',
      'mean without the feed',
    ],
    rows,
  )
}

function print(title: string, head: readonly string[], rows: readonly (readonly unknown[])[]): void {
  console.log(`\n${title}\n`)
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '--:').join('|')}|`)
  for (const row of rows) console.log(`| ${row.map(String).join(' | ')} |`)
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 1 : 0)} %`
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function megabits(octetsPerSecond: number): string {
  return `${((octetsPerSecond * 8) / 1e6).toFixed(0)} Mbit/s`
}
