/** Runs one history: servers, network, processes and users on a simulated clock. Nothing here is asynchronous. */
import type { History, Step } from './history.ts'
import type { Parts } from './parts.ts'
import { SimulatedCalls } from './simulated-calls.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { SimulatedFeed } from './simulated-feed.ts'
import { SimulatedNetwork } from './simulated-network.ts'
import { SimulatedProcess } from './simulated-process.ts'
import { SimulatedServer } from './simulated-server.ts'
import { type SimulatedToken, TOKENS } from './simulated-tokens.ts'
import { createTally, type Tally } from './tally.ts'
import { Timetable } from './timetable.ts'

/** Runs one history. Says what went wrong first; `undefined` if nothing. */
export function runHistory(history: History, parts: Parts, tally: Tally = createTally()): string | undefined {
  return new Simulation(history, parts, tally).run(history.steps)
}

class Simulation {
  readonly #parts: Parts
  readonly #store: unknown
  readonly #timetable = new Timetable()
  readonly #server: SimulatedServer
  readonly #feed: SimulatedFeed
  readonly #calls: SimulatedCalls
  readonly #processes: SimulatedProcess[]

  constructor(history: History, parts: Parts, tally: Tally) {
    const timetable = this.#timetable
    const { isShared } = history
    this.#parts = parts
    this.#store = isShared ? parts.createStore() : undefined
    const server = new SimulatedServer(parts.server, timetable, history.logOffsetMs)
    const network = new SimulatedNetwork(timetable, server)
    this.#server = server
    this.#feed = new SimulatedFeed(network, server, history.lease, tally)
    this.#calls = new SimulatedCalls({ rules: parts.call, timetable, network, server, isShared, tally })
    this.#processes = history.machines.map((faults, index) => {
      const clock = new SimulatedClock(faults, () => timetable.nowMs)
      return new SimulatedProcess(index, clock, parts.createEngine(clock, this.#store))
    })
    for (const process of this.#processes) this.#feed.follow(process, process.index)
  }

  /** What went wrong first; `undefined` if nothing. */
  run(steps: readonly Step[]): string | undefined {
    for (const step of steps) {
      this.#goOn(this.#timetable.nowMs + step.waitMs)
      this.#do(step)
      if (this.#calls.fault !== undefined) return this.#calls.fault
    }
    this.#feed.end()
    this.#goOn(this.#timetable.nowMs + 120_000)
    return this.#calls.fault
  }

  #goOn(untilMs: number): void {
    this.#timetable.goOn(untilMs, () => this.#calls.fault !== undefined)
  }

  #do(step: Step): void {
    switch (step.do) {
      case 'ask':
        return this.#calls.begin(this.#process(step.process), step)
      case 'question':
        return this.#feed.question(this.#process(step.process), step.way)
      case 'push':
        return this.#feed.push(this.#process(step.process), step.back, step.count, step.delayMs)
      case 'revoke':
        return this.#server.revoke(step)
      case 'save':
        return this.#server.save(TOKENS[step.token] as SimulatedToken)
      case 'number':
        return this.#server.database.number()
      case 'issue':
        return this.#server.database.issue(TOKENS[step.token] as SimulatedToken, this.#timetable.nowMs)
      case 'replicate':
        return this.#server.replicate(step.behind)
      case 'lose':
        return this.#server.lose(step.writes, step.downMs)
      case 'begin log':
        this.#server.database.number()
        return this.#server.database.beginLog()
      case 'trim':
        return this.#server.database.trim(step.keep)
      case 'down':
        return this.#server.goDown(step.forMs)
      case 'cut off': {
        const process = this.#process(step.process)
        process.cutOffUntilMs = Math.max(process.cutOffUntilMs, this.#timetable.nowMs + step.forMs)
        return
      }
      case 'restart':
        return this.#restart(this.#process(step.process))
      case 'pause':
        return this.#stand(this.#process(step.process), step.forMs)
      case 'suspend': {
        const process = this.#process(step.process)
        // A machine that sleeps already cannot go to sleep.
        if (process.standsUntilMs > this.#timetable.nowMs) return
        process.clock.suspend(step.forMs)
        return this.#stand(process, step.forMs)
      }
      case 'step clock': {
        const process = this.#process(step.process)
        if (step.byMs < 0) process.setBackAtMs = this.#timetable.nowMs
        return process.clock.step(step.byMs)
      }
    }
  }

  #process(index: number): SimulatedProcess {
    return this.#processes[index % this.#processes.length] as SimulatedProcess
  }

  #stand(process: SimulatedProcess, forMs: number): void {
    process.standsUntilMs = Math.max(process.standsUntilMs, this.#timetable.nowMs + forMs)
  }

  #restart(process: SimulatedProcess): void {
    process.life += 1
    process.engine = this.#parts.createEngine(process.clock, this.#store)
    process.flights = new Map()
    process.applied = new Set()
    this.#feed.follow(process, process.index)
  }
}
