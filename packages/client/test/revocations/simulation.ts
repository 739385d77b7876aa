/** Runs one history: servers, network, processes and users on a simulated clock. Nothing here is asynchronous. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import type { ClientEngine, FoundAnswer, NotedReading, SimulatedResponse } from './client-engine.ts'
import type { History, Step, Way } from './history.ts'
import { type AnswerFacts, type Decision, judgeDecision } from './oracle.ts'
import { EPOCH_MS, SimulatedClock } from './simulated-clock.ts'
import { type LoggedEvent, type Revocation, SimulatedDatabase } from './simulated-database.ts'
import { LIMITS } from './client-engine.ts'
import { REVOCABLES, type SimulatedToken, TOKENS } from './simulated-tokens.ts'

/** What the simulation runs. A mutation replaces one of its parts. */
export interface Parts {
  createEngine(clock: SimulatedClock, store: unknown): ClientEngine
  /** What processes share; each history has a new one. */
  createStore(): unknown
  readonly server: ServerParts
  readonly call: CallParts
}

/** The rules of the server. */
export interface ServerParts {
  /** The node that answers the lease question reads the primary, as it is after the question arrived. */
  readonly leaseReadsPrimary: boolean
  readonly leaseReadBeginsAfterQuestion: boolean
  /** The question numbers every committed event first. */
  readonly questionNumbers: boolean
  readonly keysBeforeView: boolean
  /** The position is looked up before the token. */
  readonly positionBeforeLookup: boolean
  readonly positionsHaveTags: boolean
}

/** The rules of a call. */
export interface CallParts {
  /** A call with `notOlderThan` starts a request of its own. */
  readonly joinsNothingOlder: boolean
  /** The answer is checked after the last wait. */
  readonly checksLast: boolean
}

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

/** The most events on a page. */
const PAGE = 3

interface Delivery {
  readonly atMs: number
  readonly run: () => void
}

interface Call {
  readonly step: Step & { readonly do: 'ask' }
  readonly token: SimulatedToken
  readonly notOlderThan: { readonly position: string; readonly revocation: Revocation } | undefined
  recalledAtMs: number
}

interface Flight {
  readonly calls: Call[]
}

class Process {
  readonly index: number
  readonly clock: SimulatedClock
  engine: ClientEngine
  flights = new Map<SimulatedToken, Flight>()
  applied = new Set<Revocation>()
  /** Changes when it starts again. */
  life = 0
  standsUntilMs = 0
  cutOffUntilMs = 0
  setBackAtMs = Number.NEGATIVE_INFINITY

  constructor(index: number, clock: SimulatedClock, engine: ClientEngine) {
    this.index = index
    this.clock = clock
    this.engine = engine
  }
}

class Simulation {
  readonly #parts: Parts
  readonly #tally: Tally
  readonly #database: SimulatedDatabase
  readonly #store: unknown
  readonly #processes: Process[]
  readonly #logOffsetMs: number
  readonly #lease: History['lease']
  /** Latest first. */
  readonly #deliveries: Delivery[] = []
  readonly #receipts: { position: string; revocation: Revocation }[] = []
  /** By the serial number of the answer. */
  readonly #answers: AnswerFacts[] = []
  readonly #earlyReads = new Map<string | undefined, { readonly atMs: number; readonly page: RevocationPage }>()
  #isOver = false
  #serial = 0
  #nowMs = 0
  #downUntilMs = 0
  #replica = 0
  /** Changes when the primary starts again: open transactions are lost. */
  #reign = 0
  #fault: string | undefined

  constructor(history: History, parts: Parts, tally: Tally) {
    this.#parts = parts
    this.#tally = tally
    this.#database = new SimulatedDatabase({ tagless: !parts.server.positionsHaveTags })
    this.#logOffsetMs = history.logOffsetMs
    this.#store = history.isShared ? parts.createStore() : undefined
    for (const token of TOKENS) if (token.name !== 't4') this.#database.issue(token, 0)
    this.#replica = this.#database.writes
    this.#processes = history.machines.map((faults, index) => {
      const clock = new SimulatedClock(faults, () => this.#nowMs)
      return new Process(index, clock, parts.createEngine(clock, this.#store))
    })
    this.#lease = history.lease
    for (const process of this.#processes) this.#askAgain(process, process.index)
  }

  /** What went wrong first; `undefined` if nothing. */
  run(steps: readonly Step[]): string | undefined {
    for (const step of steps) {
      this.#goOn(this.#nowMs + step.waitMs)
      this.#do(step)
      if (this.#fault !== undefined) return this.#fault
    }
    this.#isOver = true
    this.#goOn(this.#nowMs + 120_000)
    return this.#fault
  }

  #goOn(untilMs: number): void {
    for (;;) {
      const next = this.#deliveries.at(-1)
      if (next === undefined || next.atMs > untilMs || this.#fault !== undefined) break
      this.#deliveries.pop()
      this.#nowMs = next.atMs
      next.run()
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs)
  }

  #after(delayMs: number, run: () => void): void {
    if (delayMs <= 0) {
      run()
      return
    }
    const atMs = this.#nowMs + delayMs
    let index = this.#deliveries.length
    this.#deliveries.push({ atMs, run })
    // The earlier of two with the same time stays last.
    while (index > 0 && (this.#deliveries[index - 1] as Delivery).atMs <= atMs) {
      this.#deliveries[index] = this.#deliveries[index - 1] as Delivery
      index -= 1
    }
    this.#deliveries[index] = { atMs, run }
  }

  /** Runs something in a process, when it is awake. What its last life waited for is lost. */
  #inside(process: Process, delayMs: number, run: () => void, life = process.life): void {
    const arrive = (): void => {
      if (process.life !== life) return
      if (process.standsUntilMs > this.#nowMs) this.#after(process.standsUntilMs - this.#nowMs, arrive)
      else run()
    }
    this.#after(delayMs, arrive)
  }

  /** The same for a message, which a cut cable stops. */
  #receive(process: Process, delayMs: number, run: () => void, life = process.life): void {
    this.#after(delayMs, () => {
      if (process.cutOffUntilMs <= this.#nowMs) this.#inside(process, 0, run, life)
    })
  }

  /** A message to the server and back. `work` begins when it arrives, and gives what `finish` sends back. */
  #request<Answer>(
    process: Process,
    way: Way,
    work: () => (() => Answer) | undefined,
    receive: (answer: Answer) => void,
    fail: () => void,
  ): void {
    const { life } = process
    const isDown = (): boolean => this.#downUntilMs > this.#nowMs
    if (process.cutOffUntilMs > this.#nowMs) {
      this.#inside(process, 1000, fail)
      return
    }
    // A client does not wait for ever.
    let isOver = false
    this.#inside(process, 20_000, () => {
      if (isOver) return
      isOver = true
      fail()
    })
    this.#after(way.outMs, () => {
      if (isDown()) return
      const finish = work()
      this.#after(way.workMs, () => {
        if (isDown() || finish === undefined) return
        const answer = finish()
        if (way.isLost) return
        const arrive = (): void => {
          if (isOver) return
          isOver = true
          receive(answer)
        }
        this.#receive(process, way.backMs, arrive, life)
      })
    })
  }

  #do(step: Step): void {
    switch (step.do) {
      case 'ask':
        return this.#begin(this.#process(step.process), step)
      case 'question':
        return this.#question(this.#process(step.process), step.way)
      case 'push':
        return this.#push(this.#process(step.process), step.back, step.count, step.delayMs)
      case 'revoke':
        return this.#revoke(step)
      case 'save':
        this.#database.save(
          TOKENS[step.token] as SimulatedToken,
          this.#nowMs,
          toSeconds(this.#nowMs + this.#logOffsetMs),
        )
        return
      case 'number':
        return this.#database.number()
      case 'issue':
        return this.#database.issue(TOKENS[step.token] as SimulatedToken, this.#nowMs)
      case 'replicate':
        this.#replica = Math.max(this.#replica, this.#database.writes - step.behind)
        return
      case 'lose':
        this.#reign += 1
        this.#database.lose(step.writes)
        this.#replica = Math.min(this.#replica, this.#database.writes)
        this.#downUntilMs = Math.max(this.#downUntilMs, this.#nowMs + step.downMs)
        return
      case 'begin log':
        this.#database.number()
        return this.#database.beginLog()
      case 'trim':
        return this.#database.trim(step.keep)
      case 'down':
        this.#reign += 1
        this.#downUntilMs = Math.max(this.#downUntilMs, this.#nowMs + step.forMs)
        return
      case 'cut off': {
        const process = this.#process(step.process)
        process.cutOffUntilMs = Math.max(process.cutOffUntilMs, this.#nowMs + step.forMs)
        return
      }
      case 'restart':
        return this.#restart(this.#process(step.process))
      case 'pause':
        return this.#stand(this.#process(step.process), step.forMs)
      case 'suspend': {
        const process = this.#process(step.process)
        // A machine that sleeps already cannot go to sleep.
        if (process.standsUntilMs > this.#nowMs) return
        process.clock.suspend(step.forMs)
        return this.#stand(process, step.forMs)
      }
      case 'step clock': {
        const process = this.#process(step.process)
        if (step.byMs < 0) process.setBackAtMs = this.#nowMs
        return process.clock.step(step.byMs)
      }
    }
  }

  #process(index: number): Process {
    return this.#processes[index % this.#processes.length] as Process
  }

  #stand(process: Process, forMs: number): void {
    process.standsUntilMs = Math.max(process.standsUntilMs, this.#nowMs + forMs)
  }

  #restart(process: Process): void {
    process.life += 1
    process.engine = this.#parts.createEngine(process.clock, this.#store)
    process.flights = new Map()
    process.applied = new Set()
    this.#askAgain(process, process.index)
  }

  #revoke({ revocable, commitMs, isNumbered }: Step & { readonly do: 'revoke' }): void {
    const target = REVOCABLES[revocable]
    const reign = this.#reign
    if (target === undefined) return
    this.#after(commitMs, () => {
      if (this.#reign !== reign || this.#downUntilMs > this.#nowMs) return
      const revocation = this.#database.revoke(target, this.#nowMs, toSeconds(this.#nowMs + this.#logOffsetMs))
      if (revocation === undefined || !isNumbered) return
      // The one who revokes asks for the position.
      this.#database.number()
      const { logged } = revocation
      if (logged !== undefined) this.#receipts.push({ position: logged.event.position, revocation })
    })
  }

  /** The loop of a process that follows the feed. It ends with the life of the process. */
  #askAgain(process: Process, turn: number): void {
    const lease = this.#lease
    if (lease === undefined || this.#isOver) return
    this.#question(process, lease.ways[turn % lease.ways.length] as Way)
    this.#inside(process, lease.everyMs, () => this.#askAgain(process, turn + 1))
  }

  #question(process: Process, way: Way): void {
    this.#inside(process, 0, () => {
      const question = process.engine.beginQuestion()
      const { server } = this.#parts
      const read = (): RevocationPage => {
        if (server.questionNumbers) this.#database.number()
        const isPrimary = server.leaseReadsPrimary || way.node === 0
        return this.#database.readAfter(question.after, PAGE, isPrimary ? this.#database.writes : this.#replica)
      }
      const early = server.leaseReadBeginsAfterQuestion ? undefined : this.#readEarly(question.after, read)
      this.#request(
        process,
        way,
        () => (early === undefined ? read : () => early),
        (page) => this.#answer(process, () => question.answer(page), page),
        () => undefined,
      )
    })
  }

  /** A mutation: questions of the last seconds share a read, as with a cache in the network. */
  #readEarly(after: string | undefined, read: () => RevocationPage): RevocationPage {
    const known = this.#earlyReads.get(after)
    if (known !== undefined && this.#nowMs - known.atMs < 4000) return known.page
    const page = read()
    this.#earlyReads.set(after, { atMs: this.#nowMs, page })
    return page
  }

  #answer(process: Process, answer: () => void, page: RevocationPage): void {
    const before = process.engine.position
    this.#apply(process, page.events, answer)
    if (page.gap && process.engine.position === page.position && before !== page.position) this.#tally.gaps += 1
  }

  /** Notes which of the events the process has applied: those from its position to the one it has afterwards. */
  #apply(process: Process, events: readonly RevocationEvent[], apply: () => void): void {
    let position = process.engine.position
    apply()
    for (const event of events) {
      if (event.previous !== position || position === process.engine.position) continue
      position = event.position
      const logged = this.#database.log.find((candidate) => candidate.event === event)
      if (logged?.revocation !== undefined) process.applied.add(logged.revocation)
    }
  }

  /** The stream. It may come from any node, so it says nothing about what is missing. */
  #push(process: Process, back: number, count: number, delayMs: number): void {
    if (this.#downUntilMs > this.#nowMs) return
    const { log } = this.#database
    const end = log.length - back
    const logged: readonly LoggedEvent[] = log.slice(Math.max(1, end - count), Math.max(1, end))
    const events = logged.map(({ event }) => event)
    if (events.length === 0) return
    this.#receive(process, delayMs, () => this.#apply(process, events, () => process.engine.append(events)))
  }

  #begin(process: Process, step: Step & { readonly do: 'ask' }): void {
    const token = TOKENS[step.token] as SimulatedToken
    const receipt = step.receipt === undefined ? undefined : this.#receipts[step.receipt]
    const call: Call = { step, token, notOlderThan: receipt, recalledAtMs: 0 }
    this.#inside(process, 0, () => {
      const { engine } = process
      call.recalledAtMs = this.#nowMs
      const judge = this.#judgeOf(process, call)
      const { checksLast } = this.#parts.call
      engine.recall(token.name, receipt?.position, checksLast ? judge : undefined, (found) => {
        if (found === undefined) this.#ask(process, call)
        else if (checksLast || judge === undefined) this.#decide(process, call, found, 'remembered')
        else judge(() => this.#decide(process, call, found, 'remembered'))
      })
    })
  }

  #judgeOf(process: Process, { step }: Call): ((run: () => void) => void) | undefined {
    return step.judgeMs === 0 ? undefined : (run) => this.#inside(process, step.judgeMs, run)
  }

  #decide(process: Process, call: Call, found: FoundAnswer, state: Decision['state']): void {
    const decision: Decision = {
      process: process.index,
      token: call.token,
      found,
      ...(this.#answers[found.serial] as AnswerFacts),
      state: state === 'remembered' && this.#store !== undefined ? 'shared' : state,
      recalledAtMs: call.recalledAtMs,
      setBackAtMs: process.setBackAtMs,
      notOlderThan: call.notOlderThan?.revocation,
      applied: process.applied,
    }
    this.#count(decision)
    this.#fault ??= judgeDecision(decision, this.#nowMs, this.#database)
  }

  #count({ found, state, askedAtMs, notOlderThan }: Decision): void {
    const tally = this.#tally
    if (!found.active) {
      tally.refused += 1
      return
    }
    tally.accepted += 1
    if (state !== 'fresh') tally.remembered += 1
    if (state === 'remembered' && this.#nowMs - askedAtMs > LIMITS.maxAge * 1000 * 1.02) tally.extended += 1
    if (found.liveness.bound === 'proven') tally.proven += 1
    if (notOlderThan !== undefined) tally.named += 1
  }

  #ask(process: Process, call: Call): void {
    const known = process.flights.get(call.token)
    const mayJoin = call.notOlderThan === undefined || !this.#parts.call.joinsNothingOlder
    if (known !== undefined && mayJoin) {
      this.#tally.joined += 1
      known.calls.push(call)
      return
    }
    const flight: Flight = { calls: [call] }
    process.flights.set(call.token, flight)
    this.#send(process, call, flight, 1)
  }

  #send(process: Process, call: Call, flight: Flight, attempt: number): void {
    const { engine, flights } = process
    const { step, token, notOlderThan } = call
    const sentAtMs = this.#nowMs
    const reading = engine.beginReading(notOlderThan?.position)
    const way = attempt === 1 ? step.way : step.again
    const end = (): boolean => flights.get(token) === flight && flights.delete(token)
    this.#request(
      process,
      way,
      () => this.#introspect(token, way, reading),
      (response) => {
        this.#answers[response.serial] = { askedAtMs: sentAtMs, hasKeys: response.revocation_keys !== undefined }
        engine.take(reading, response)
        const settle = (isVoid: boolean, early: FoundAnswer | undefined): void => {
          if (attempt === 1 && isVoid) {
            this.#tally.voidOnArrival += 1
            this.#send(process, call, flight, 2)
            return
          }
          const isCurrent = end()
          if (isCurrent) engine.keep(token.name, reading)
          for (const waiting of flight.calls) {
            if (waiting.notOlderThan === undefined || !response.active || engine.isConfirmed(reading)) {
              this.#decide(process, waiting, early ?? engine.use(reading), 'fresh')
            } else this.#tally.failed += 1
          }
        }
        const judge = this.#judgeOf(process, call)
        if (judge === undefined) settle(engine.isVoid(reading), undefined)
        else if (this.#parts.call.checksLast) judge(() => settle(engine.isVoid(reading), undefined))
        else {
          const isVoid = engine.isVoid(reading)
          const early = engine.use(reading)
          judge(() => settle(isVoid, early))
        }
      },
      () => {
        end()
        this.#tally.failed += flight.calls.length
      },
    )
  }

  /** The introspection endpoint. */
  #introspect(token: SimulatedToken, way: Way, { position }: NotedReading): () => SimulatedResponse {
    const { server } = this.#parts
    const database = this.#database
    const isPrimary = way.node === 0
    const writes = (): number => (isPrimary ? database.writes : Math.min(this.#replica, database.writes))
    const has = (): boolean => position !== undefined && database.has(position, writes())
    const had = server.positionBeforeLookup && has()
    const early = server.positionBeforeLookup ? undefined : this.#lookUp(token, writes())
    return () => {
      const { isActive, version } = early ?? this.#lookUp(token, writes())
      this.#serial += 1
      const serial = this.#serial
      if (!isActive) return { active: false, serial }
      const keys = server.keysBeforeView ? token.keys : token.keysAfterView
      const response = { active: true, serial, version, iat: toSeconds(database.issuedAtMs(token) ?? 0) }
      if (position === undefined) return response
      const hasIt = server.positionBeforeLookup ? had : has()
      return { ...response, revocation_keys: keys, ...(hasIt ? { read_at: position } : {}) }
    }
  }

  #lookUp(token: SimulatedToken, writes: number): { readonly isActive: boolean; readonly version: number } {
    return { isActive: this.#database.isActive(token, writes), version: this.#database.versionOf(token, writes) }
  }
}

function toSeconds(trueMs: number): number {
  return Math.floor((EPOCH_MS + trueMs) / 1000)
}

/** Runs one history. */
export function runHistory(history: History, parts: Parts, tally: Tally = createTally()): string | undefined {
  return new Simulation(history, parts, tally).run(history.steps)
}
