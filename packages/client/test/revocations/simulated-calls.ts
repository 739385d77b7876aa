/** The calls of the users, with the order of steps of `introspect.ts` and `find-answer.ts`, and what was wrong with a decision. */
import { type FoundAnswer, type Judge, LIMITS } from './client-engine.ts'
import type { Step } from './history.ts'
import { type AnswerFacts, type Decision, judgeDecision } from './oracle.ts'
import type { CallParts } from './parts.ts'
import type { SimulatedNetwork } from './simulated-network.ts'
import type { Call, Flight, SimulatedProcess } from './simulated-process.ts'
import type { SimulatedServer } from './simulated-server.ts'
import { type SimulatedToken, TOKENS } from './simulated-tokens.ts'
import type { Tally } from './tally.ts'
import type { Timetable } from './timetable.ts'

/** What the calls of a history need. */
export interface CallSurroundings {
  readonly rules: CallParts
  readonly timetable: Timetable
  readonly network: SimulatedNetwork
  readonly server: SimulatedServer
  /** Whether processes share a store. */
  readonly isShared: boolean
  readonly tally: Tally
}

export class SimulatedCalls {
  readonly #rules: CallParts
  readonly #timetable: Timetable
  readonly #network: SimulatedNetwork
  readonly #server: SimulatedServer
  readonly #isShared: boolean
  readonly #tally: Tally
  /** By the serial number of the answer. */
  readonly #answers: AnswerFacts[] = []
  #fault: string | undefined

  constructor({ rules, timetable, network, server, isShared, tally }: CallSurroundings) {
    this.#rules = rules
    this.#timetable = timetable
    this.#network = network
    this.#server = server
    this.#isShared = isShared
    this.#tally = tally
  }

  /** What was wrong with a decision first; `undefined` if nothing. */
  get fault(): string | undefined {
    return this.#fault
  }

  begin(process: SimulatedProcess, step: Step & { readonly do: 'ask' }): void {
    const token = TOKENS[step.token] as SimulatedToken
    const receipt = step.receipt === undefined ? undefined : this.#server.receipts[step.receipt]
    const call: Call = { step, token, notOlderThan: receipt, recalledAtMs: 0 }
    this.#network.inside(process, 0, () => {
      const { engine } = process
      call.recalledAtMs = this.#timetable.nowMs
      const judge = this.#judgeOf(process, call)
      const { checksLast } = this.#rules
      engine.recall(token.name, receipt?.position, checksLast ? judge : undefined, (found) => {
        if (found === undefined) this.#ask(process, call)
        else if (checksLast || judge === undefined) this.#decide(process, call, found, 'remembered')
        else judge(() => this.#decide(process, call, found, 'remembered'))
      })
    })
  }

  #judgeOf(process: SimulatedProcess, { step }: Call): Judge | undefined {
    return step.judgeMs === 0 ? undefined : (run) => this.#network.inside(process, step.judgeMs, run)
  }

  #decide(process: SimulatedProcess, call: Call, found: FoundAnswer, state: Decision['state']): void {
    const decision: Decision = {
      process: process.index,
      token: call.token,
      found,
      ...(this.#answers[found.serial] as AnswerFacts),
      state: state === 'remembered' && this.#isShared ? 'shared' : state,
      recalledAtMs: call.recalledAtMs,
      setBackAtMs: process.setBackAtMs,
      notOlderThan: call.notOlderThan?.revocation,
      applied: process.applied,
    }
    this.#count(decision)
    this.#fault ??= judgeDecision(decision, this.#timetable.nowMs, this.#server.database)
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
    const mayJoin = call.notOlderThan === undefined || !this.#rules.joinsNothingOlder
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
    this.#network.request(
      process,
      way,
      () => this.#server.introspect(token, way, reading),
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
        else if (this.#rules.checksLast) judge(() => settle(engine.isVoid(reading), undefined))
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
}
