/** The feed: the lease questions of the processes with the pages that answer them, and the events of the stream. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import type { History, Way } from './history.ts'
import type { LoggedEvent } from './simulated-database.ts'
import type { SimulatedNetwork } from './simulated-network.ts'
import type { SimulatedProcess } from './simulated-process.ts'
import type { SimulatedServer } from './simulated-server.ts'
import type { Tally } from './tally.ts'

export class SimulatedFeed {
  readonly #network: SimulatedNetwork
  readonly #server: SimulatedServer
  readonly #lease: History['lease']
  readonly #tally: Tally
  #isOver = false

  constructor(network: SimulatedNetwork, server: SimulatedServer, lease: History['lease'], tally: Tally) {
    this.#network = network
    this.#server = server
    this.#lease = lease
    this.#tally = tally
  }

  /** The loop of a process that follows the feed. It ends with the life of the process. */
  follow(process: SimulatedProcess, turn: number): void {
    const lease = this.#lease
    if (lease === undefined || this.#isOver) return
    this.question(process, lease.ways[turn % lease.ways.length] as Way)
    this.#network.inside(process, lease.everyMs, () => this.follow(process, turn + 1))
  }

  /** Ends the loops. */
  end(): void {
    this.#isOver = true
  }

  question(process: SimulatedProcess, way: Way): void {
    this.#network.inside(process, 0, () => {
      const question = process.engine.beginQuestion()
      this.#network.request(
        process,
        way,
        this.#server.answerQuestion(question.after, way),
        (page) => this.#answer(process, () => question.answer(page), page),
        () => undefined,
      )
    })
  }

  /** The stream. It may come from any node, so it says nothing about what is missing. */
  push(process: SimulatedProcess, back: number, count: number, delayMs: number): void {
    if (this.#server.isDown) return
    const { log } = this.#server.database
    const end = log.length - back
    const logged: readonly LoggedEvent[] = log.slice(Math.max(1, end - count), Math.max(1, end))
    const events = logged.map(({ event }) => event)
    if (events.length === 0) return
    this.#network.receive(process, delayMs, () => this.#apply(process, events, () => process.engine.append(events)))
  }

  #answer(process: SimulatedProcess, answer: () => void, page: RevocationPage): void {
    const before = process.engine.position
    this.#apply(process, page.events, answer)
    if (page.gap && process.engine.position === page.position && before !== page.position) this.#tally.gaps += 1
  }

  /** Notes which of the events the process has applied: those from its position to the one it has afterwards. */
  #apply(process: SimulatedProcess, events: readonly RevocationEvent[], apply: () => void): void {
    let position = process.engine.position
    apply()
    for (const event of events) {
      if (event.previous !== position || position === process.engine.position) continue
      position = event.position
      const logged = this.#server.database.log.find((candidate) => candidate.event === event)
      if (logged?.revocation !== undefined) process.applied.add(logged.revocation)
    }
  }
}
