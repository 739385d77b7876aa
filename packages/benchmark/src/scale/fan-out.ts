/** Simulates how events reach client processes over event streams: from the log to servers, from there to relays, and to clients. */
import { Histogram } from './histogram.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What the work of a server or a relay costs, in milliseconds of one core. */
export interface StreamCosts {
  /** To receive a message and to send one, apart from the followers. */
  readonly perMessageMs: number
  /** To read and to write an event. */
  readonly perEventMs: number
  /** To write a message to one follower. */
  readonly perWriteMs: number
}

/** A connection between two computers. */
export interface Link {
  /** One way. */
  readonly latencyMs: number
  /** The mean of what comes on top. */
  readonly jitterMs: number
  /** The share of messages that are lost and sent again. */
  readonly lossShare: number
  readonly resendMs: number
}

/** What is simulated. */
export interface FanOut {
  readonly eventsPerSecond: number
  readonly seconds: number
  /** How long a server or relay collects events. */
  readonly windowMs: number
  /** From the commit of a revocation until a server has read its event. */
  readonly readMs: number
  /** Processes that serve the feed from the log. */
  readonly servers: number
  /**
   * What a relay does when it hears of events: it passes them on, or asks its server what is new and passes that on, as
   * `relayRevocations` does.
   */
  readonly relaysBy: 'passing on' | 'asking'
  readonly regions: readonly { readonly clients: number; readonly relays: number; readonly link: Link }[]
  /** Within a region. */
  readonly link: Link
  readonly costs: StreamCosts
  /** The octets of a page with so many events, as it is on the wire. */
  readonly octetsOf: (events: number) => number
}

/** What came out. */
export interface FanOutResult {
  /** From the commit of a revocation until its event is applied at a client, in milliseconds. */
  readonly lateness: readonly Histogram[]
  /** The busiest server and the busiest relay: the share of one core. */
  readonly serverLoad: number
  readonly relayLoad: number
  /** Messages that all servers and relays send in a second. */
  readonly messagesPerSecond: number
  /** What one client receives in a second. */
  readonly octetsPerClient: number
  /** What leaves the servers in a second. */
  readonly octetsFromServers: number
}

/** A message on its way: the events from `first` up to and without `end`. */
interface Message {
  readonly at: number
  readonly first: number
  readonly end: number
}

interface Sent {
  readonly messages: readonly Message[]
  readonly load: number
  readonly octets: number
}

/** Simulates some seconds. */
export function simulateFanOut(setting: FanOut, random: SeededRandom): FanOutResult {
  const committed = commitTimes(setting, random)
  const atServer = committed.map((at, index) => ({ at: at + setting.readMs, first: index, end: index + 1 }))
  const lateness = setting.regions.map(() => new Histogram())
  const followers = setting.regions.flatMap(({ clients, relays, link }, region) =>
    Array.from({ length: relays || clients }, (_, index) => ({
      region,
      link: relays > 0 ? link : join(link, setting.link),
      clients: relays > 0 ? share(clients, relays, index) : 0,
    })),
  )
  let serverLoad = 0
  let relayLoad = 0
  let messages = 0
  let octetsFromServers = 0
  let octetsToClients = 0
  for (let server = 0; server < setting.servers; server++) {
    const own = followers.filter((_, index) => index % setting.servers === server)
    const sent = send(atServer, own.length, setting)
    serverLoad = Math.max(serverLoad, sent.load)
    messages += sent.messages.length * own.length
    octetsFromServers += sent.octets * own.length
    for (const [order, { region, link, clients }] of own.entries()) {
      const received = travel(sent.messages, order, link, setting.costs, random)
      if (clients === 0) {
        octetsToClients += sent.octets
        measure(received, committed, lateness[region])
        continue
      }
      const passedOn =
        setting.relaysBy === 'asking'
          ? // The window is over when the relay asks.
            send(askAbout(received, committed, link, setting, random), clients, { ...setting, windowMs: 0 })
          : send(received, clients, setting)
      relayLoad = Math.max(relayLoad, passedOn.load)
      messages += passedOn.messages.length * clients
      octetsToClients += passedOn.octets * clients
      for (let client = 0; client < clients; client++) {
        measure(travel(passedOn.messages, client, setting.link, setting.costs, random), committed, lateness[region])
      }
    }
  }
  const clients = setting.regions.reduce((sum, region) => sum + region.clients, 0)
  return {
    lateness,
    serverLoad,
    relayLoad,
    messagesPerSecond: messages / setting.seconds,
    octetsPerClient: octetsToClients / clients / setting.seconds,
    octetsFromServers: octetsFromServers / setting.seconds,
  }
}

function commitTimes({ eventsPerSecond, seconds }: FanOut, random: SeededRandom): number[] {
  const times: number[] = []
  for (let at = random.exponential(1000 / eventsPerSecond); at < seconds * 1000; ) {
    times.push(at)
    at += random.exponential(1000 / eventsPerSecond)
  }
  return times
}

/**
 * One process collects what arrives, and sends it to its followers one after the other. While it sends, more arrives, so
 * under load its messages grow.
 */
function send(arrivals: readonly Message[], followers: number, { windowMs, costs, octetsOf, seconds }: FanOut): Sent {
  const messages: Message[] = []
  let free = 0
  let busy = 0
  let octets = 0
  for (let next = 0; next < arrivals.length; ) {
    const first = arrivals[next]
    if (first === undefined) break
    const begins = Math.max(first.at + windowMs, free)
    let last = first
    let received = 0
    for (; next < arrivals.length; next++, received++) {
      const arrival = arrivals[next]
      if (arrival === undefined || arrival.at > begins) break
      last = arrival
    }
    const events = last.end - first.first
    const preparedMs = (received + 1) * costs.perMessageMs + events * costs.perEventMs
    const spentMs = preparedMs + followers * costs.perWriteMs
    messages.push({ at: begins + preparedMs, first: first.first, end: last.end })
    free = begins + spentMs
    busy += spentMs
    octets += octetsOf(events)
  }
  return { messages, load: busy / (seconds * 1000), octets }
}

/** What a relay knows by its questions. Each begins a window after the relay has heard of an event, and after the last one. */
function askAbout(
  heard: readonly Message[],
  committed: readonly number[],
  link: Link,
  { windowMs, readMs }: FanOut,
  random: SeededRandom,
): Message[] {
  const messages: Message[] = []
  let known = 0
  let back = 0
  for (const { at, end } of heard) {
    if (end <= known) continue
    const arrives = Math.max(at + windowMs, back) + link.latencyMs + random.exponential(link.jitterMs)
    back = arrives + link.latencyMs + random.exponential(link.jitterMs)
    let upTo = end
    while (upTo < committed.length && (committed[upTo] ?? Infinity) + readMs <= arrives) upTo++
    messages.push({ at: back, first: known, end: upTo })
    known = upTo
  }
  return messages
}

/** The same messages as they arrive at one follower, in order. */
function travel(
  messages: readonly Message[],
  order: number,
  link: Link,
  costs: StreamCosts,
  random: SeededRandom,
): Message[] {
  let latest = 0
  return messages.map(({ at, first, end }) => {
    const lost = random.uniform() < link.lossShare
    const onTheWay = link.latencyMs + random.exponential(link.jitterMs) + (lost ? link.resendMs : 0)
    latest = Math.max(latest, at + (order + 1) * costs.perWriteMs + onTheWay)
    return { at: latest, first, end }
  })
}

function measure(received: readonly Message[], committed: readonly number[], lateness: Histogram | undefined): void {
  for (const { at, first, end } of received) {
    for (let event = first; event < end; event++) lateness?.add(at - (committed[event] ?? at))
  }
}

function join(first: Link, second: Link): Link {
  return {
    latencyMs: first.latencyMs + second.latencyMs,
    jitterMs: first.jitterMs + second.jitterMs,
    lossShare: first.lossShare + second.lossShare,
    resendMs: Math.max(first.resendMs, second.resendMs),
  }
}

function share(all: number, parts: number, index: number): number {
  return Math.floor(all / parts) + (index < all % parts ? 1 : 0)
}
