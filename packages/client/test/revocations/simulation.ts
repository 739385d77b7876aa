/** Runs one history: servers, network, processes and users on a simulated clock. Nothing here is asynchronous. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import type { FoundAnswer, NotedReading, SimulatedResponse } from './client-engine.ts'
import type { History, Step, Way } from './history.ts'
import { type AnswerFacts, type Decision, judgeDecision } from './oracle.ts'
import { EPOCH_MS, SimulatedClock } from './simulated-clock.ts'
import { type LoggedEvent, type Revocation, SimulatedDatabase } from './simulated-database.ts'
import { LIMITS } from './client-engine.ts'
import type { Parts } from './parts.ts'
import { type Call, type Flight, SimulatedProcess } from './simulated-process.ts'
import { createTally, type Tally } from './tally.ts'
import { Timetable } from './timetable.ts'
import { REVOCABLES, type SimulatedToken, TOKENS } from './simulated-tokens.ts'

/** The most events on a page. */
const PAGE = 3

class Simulation {
  readonly #parts: Parts
  readonly #tally: Tally
  readonly #database: SimulatedDatabase
  readonly #store: unknown
  readonly #processes: SimulatedProcess[]
  readonly #logOffsetMs: number
  readonly #lease: History['lease']
  readonly #timetable = new Timetable()
  readonly #receipts: { position: string; revocation: Revocation }[] = []
  /** By the serial number of the answer. */
  readonly #answers: AnswerFacts[] = []
  readonly #earlyReads = new Map<string | undefined, { readonly atMs: number; readonly page: RevocationPage }>()
  #isOver = false
  #serial = 0
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
      const clock = new SimulatedClock(faults, () => this.#timetable.nowMs)
      return new SimulatedProcess(index, clock, parts.createEngine(clock, this.#store))
    })
    this.#lease = history.lease
    for (const process of this.#processes) this.#askAgain(process, process.index)
  }

  /** What went wrong first; `undefined` if nothing. */
  run(steps: readonly Step[]): string | undefined {
    for (const step of steps) {
      this.#goOn(this.#timetable.nowMs + step.waitMs)
      this.#do(step)
      if (this.#fault !== undefined) return this.#fault
    }
    this.#isOver = true
    this.#goOn(this.#timetable.nowMs + 120_000)
    return this.#fault
  }

  #goOn(untilMs: number): void {
    this.#timetable.goOn(untilMs, () => this.#fault !== undefined)
  }

  /** Runs something in a process, when it is awake. What its last life waited for is lost. */
  #inside(process: SimulatedProcess, delayMs: number, run: () => void, life = process.life): void {
    const arrive = (): void => {
      if (process.life !== life) return
      if (process.standsUntilMs > this.#timetable.nowMs)
        this.#timetable.after(process.standsUntilMs - this.#timetable.nowMs, arrive)
      else run()
    }
    this.#timetable.after(delayMs, arrive)
  }

  /** The same for a message, which a cut cable stops. */
  #receive(process: SimulatedProcess, delayMs: number, run: () => void, life = process.life): void {
    this.#timetable.after(delayMs, () => {
      if (process.cutOffUntilMs <= this.#timetable.nowMs) this.#inside(process, 0, run, life)
    })
  }

  /** A message to the server and back. `work` begins when it arrives, and gives what `finish` sends back. */
  #request<Answer>(
    process: SimulatedProcess,
    way: Way,
    work: () => (() => Answer) | undefined,
    receive: (answer: Answer) => void,
    fail: () => void,
  ): void {
    const { life } = process
    const isDown = (): boolean => this.#downUntilMs > this.#timetable.nowMs
    if (process.cutOffUntilMs > this.#timetable.nowMs) {
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
    this.#timetable.after(way.outMs, () => {
      if (isDown()) return
      const finish = work()
      this.#timetable.after(way.workMs, () => {
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
          this.#timetable.nowMs,
          toSeconds(this.#timetable.nowMs + this.#logOffsetMs),
        )
        return
      case 'number':
        return this.#database.number()
      case 'issue':
        return this.#database.issue(TOKENS[step.token] as SimulatedToken, this.#timetable.nowMs)
      case 'replicate':
        this.#replica = Math.max(this.#replica, this.#database.writes - step.behind)
        return
      case 'lose':
        this.#reign += 1
        this.#database.lose(step.writes)
        this.#replica = Math.min(this.#replica, this.#database.writes)
        this.#downUntilMs = Math.max(this.#downUntilMs, this.#timetable.nowMs + step.downMs)
        return
      case 'begin log':
        this.#database.number()
        return this.#database.beginLog()
      case 'trim':
        return this.#database.trim(step.keep)
      case 'down':
        this.#reign += 1
        this.#downUntilMs = Math.max(this.#downUntilMs, this.#timetable.nowMs + step.forMs)
        return
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
    this.#askAgain(process, process.index)
  }

  #revoke({ revocable, commitMs, isNumbered }: Step & { readonly do: 'revoke' }): void {
    const target = REVOCABLES[revocable]
    const reign = this.#reign
    if (target === undefined) return
    this.#timetable.after(commitMs, () => {
      if (this.#reign !== reign || this.#downUntilMs > this.#timetable.nowMs) return
      const revocation = this.#database.revoke(
        target,
        this.#timetable.nowMs,
        toSeconds(this.#timetable.nowMs + this.#logOffsetMs),
      )
      if (revocation === undefined || !isNumbered) return
      // The one who revokes asks for the position.
      this.#database.number()
      const { logged } = revocation
      if (logged !== undefined) this.#receipts.push({ position: logged.event.position, revocation })
    })
  }

  /** The loop of a process that follows the feed. It ends with the life of the process. */
  #askAgain(process: SimulatedProcess, turn: number): void {
    const lease = this.#lease
    if (lease === undefined || this.#isOver) return
    this.#question(process, lease.ways[turn % lease.ways.length] as Way)
    this.#inside(process, lease.everyMs, () => this.#askAgain(process, turn + 1))
  }

  #question(process: SimulatedProcess, way: Way): void {
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
    if (known !== undefined && this.#timetable.nowMs - known.atMs < 4000) return known.page
    const page = read()
    this.#earlyReads.set(after, { atMs: this.#timetable.nowMs, page })
    return page
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
      const logged = this.#database.log.find((candidate) => candidate.event === event)
      if (logged?.revocation !== undefined) process.applied.add(logged.revocation)
    }
  }

  /** The stream. It may come from any node, so it says nothing about what is missing. */
  #push(process: SimulatedProcess, back: number, count: number, delayMs: number): void {
    if (this.#downUntilMs > this.#timetable.nowMs) return
    const { log } = this.#database
    const end = log.length - back
    const logged: readonly LoggedEvent[] = log.slice(Math.max(1, end - count), Math.max(1, end))
    const events = logged.map(({ event }) => event)
    if (events.length === 0) return
    this.#receive(process, delayMs, () => this.#apply(process, events, () => process.engine.append(events)))
  }

  #begin(process: SimulatedProcess, step: Step & { readonly do: 'ask' }): void {
    const token = TOKENS[step.token] as SimulatedToken
    const receipt = step.receipt === undefined ? undefined : this.#receipts[step.receipt]
    const call: Call = { step, token, notOlderThan: receipt, recalledAtMs: 0 }
    this.#inside(process, 0, () => {
      const { engine } = process
      call.recalledAtMs = this.#timetable.nowMs
      const judge = this.#judgeOf(process, call)
      const { checksLast } = this.#parts.call
      engine.recall(token.name, receipt?.position, checksLast ? judge : undefined, (found) => {
        if (found === undefined) this.#ask(process, call)
        else if (checksLast || judge === undefined) this.#decide(process, call, found, 'remembered')
        else judge(() => this.#decide(process, call, found, 'remembered'))
      })
    })
  }

  #judgeOf(process: SimulatedProcess, { step }: Call): ((run: () => void) => void) | undefined {
    return step.judgeMs === 0 ? undefined : (run) => this.#inside(process, step.judgeMs, run)
  }

  #decide(process: SimulatedProcess, call: Call, found: FoundAnswer, state: Decision['state']): void {
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
    this.#fault ??= judgeDecision(decision, this.#timetable.nowMs, this.#database)
  }

  #count({ found, state, askedAtMs, notOlderThan }: Decision): void {
    const tally = this.#tally
    if (!found.active) {
      tally.refused += 1
      return
    }
    tally.accepted += 1
    if (state !== 'fresh') tally.remembered += 1
    if (state === 'remembered' && this.#timetable.nowMs - askedAtMs > LIMITS.maxAge * 1000 * 1.02) tally.extended += 1
    if (found.liveness.bound === 'proven') tally.proven += 1
    if (notOlderThan !== undefined) tally.named += 1
  }

  #ask(process: SimulatedProcess, call: Call): void {
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

  #send(process: SimulatedProcess, call: Call, flight: Flight, attempt: number): void {
    const { engine, flights } = process
    const { step, token, notOlderThan } = call
    const sentAtMs = this.#timetable.nowMs
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
