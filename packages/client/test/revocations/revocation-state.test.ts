/** The state of a follower against a model with sets, for every order of events, pages, gaps and clocks. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { slotOf } from '../../src/revocations/key-slots.ts'
import { type RevocationQuestion, RevocationState } from '../../src/revocations/revocation-state.ts'

const LEASE_MS = 5000
/** Each has a slot of its own. */
const KEYS = ['DDDDdddddddddddd', 'BBBBbbbbbbbbbbbb', 'CCCCcccccccccccc'] as const

/** What the state should know, in sets. */
interface Model {
  /** The log, oldest first. The client has applied what is in `applied`. */
  log: RevocationEvent[]
  logs: number
  position: string | undefined
  /** The positions applied since the last gap. */
  applied: Set<string>
  /** For each answer that was read: what the client must say of it. */
  readonly readings: { readonly sequence: number; readonly touched: Set<string>; isBroken: boolean }[]
  knownAsOf: { readonly wallMs: number; readonly elapsedMs: number } | undefined
  nowMs: number
  elapsedMs: number
  gaps: number
  questions: {
    readonly question: RevocationQuestion
    readonly after: string | undefined
    readonly wallMs: number
    readonly elapsedMs: number
    page: RevocationPage | undefined
  }[]
}

interface Real {
  readonly state: RevocationState
}

type Command = fc.Command<Model, Real>

function command(name: string, run: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    run(model, real) {
      run(model, real)
      compare(model, real)
    },
    toString: () => name,
  }
}

/** Everything that the state says, against the sets. */
function compare(model: Model, { state }: Real): void {
  expect(state.position).toBe(model.position)
  expect(state.gaps).toBe(model.gaps)
  for (const { position } of model.log) {
    expect(state.sequenceOf(position) !== undefined).toBe(model.applied.has(position))
  }
  for (const { sequence, touched, isBroken } of model.readings) {
    expect(state.isUnbroken(sequence)).toBe(!isBroken)
    for (const key of KEYS) expect(state.wasTouched(slotOf(key), sequence)).toBe(touched.has(key))
  }
  const { knownAsOf } = model
  const knownMs =
    knownAsOf === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(model.nowMs - knownAsOf.wallMs, model.elapsedMs - knownAsOf.elapsedMs)
  expect(state.knownMs()).toBe(knownMs)
  expect(state.isWithinLease()).toBe(knownMs * 1.01 < LEASE_MS)
}

function apply(model: Model, { position, key }: RevocationEvent): void {
  model.position = position
  model.applied.add(position)
  for (const { touched } of model.readings) touched.add(key)
}

/** What `append` should do. */
function append(model: Model, events: readonly RevocationEvent[]): boolean {
  const last = events.at(-1)
  if (last === undefined) return true
  if (model.position === undefined) return false
  const start = events.findIndex(({ previous }) => previous === model.position)
  if (start === -1) return model.applied.has(last.position)
  for (const event of events.slice(start)) {
    if (event.previous !== model.position) return false
    apply(model, event)
  }
  return true
}

function begin(model: Model, { position, gap }: RevocationPage): void {
  model.position = position
  model.applied = new Set([position])
  for (const reading of model.readings) reading.isBroken = true
  model.knownAsOf = undefined
  if (gap) model.gaps += 1
}

function answer(model: Model, { after, wallMs, elapsedMs }: Model['questions'][number], page: RevocationPage): void {
  if (page.gap || after === undefined) {
    if (after !== model.position) return
    begin(model, page)
  } else if (!append(model, page.events) || !model.applied.has(page.position)) return
  if (page.more) return
  if (model.knownAsOf === undefined || elapsedMs > model.knownAsOf.elapsedMs) model.knownAsOf = { wallMs, elapsedMs }
}

function pageAfter({ log }: Model, after: string | undefined, limit: number): RevocationPage {
  const last = log.at(-1)?.position ?? ''
  const from = log.findIndex(({ position }) => position === after)
  if (after === undefined || from === -1) return { position: last, events: [], gap: after !== undefined, more: false }
  const events = log.slice(from + 1, from + 1 + limit)
  return { position: events.at(-1)?.position ?? after, events, gap: false, more: from + 1 + limit < log.length }
}

function revoke(model: Model, key: string): void {
  const previous = model.log.at(-1)?.position ?? ''
  const position = `${model.log.length}.${model.logs}-${key.charAt(0)}`
  model.log.push({ position, previous, at: 0, cut: null, kind: 'token', key })
}

const small = fc.nat({ max: 3 })
const ask = command('ask', (model, { state }) => {
  const question = state.beginQuestion()
  expect(question.after).toBe(model.position)
  model.questions.push({
    question,
    after: question.after,
    wallMs: model.nowMs,
    elapsedMs: model.elapsedMs,
    page: undefined,
  })
  // Two questions are never begun at the same time.
  model.elapsedMs += 1
})
const askAndHear = fc.nat({ max: 3 }).map((limit) =>
  command(`ask, and get the page of ${limit + 1} events at once`, (model, { state }) => {
    const question = state.beginQuestion()
    const asked = { question, after: question.after, wallMs: model.nowMs, elapsedMs: model.elapsedMs, page: undefined }
    model.elapsedMs += 1
    const page = pageAfter(model, question.after, limit + 1)
    answer(model, asked, page)
    question.answer(page)
  }),
)
const read = command('read', (model, { state }) => {
  const reading = state.beginReading()
  expect(reading?.position).toBe(model.position)
  if (reading === undefined) return
  if (model.readings.length === 4) model.readings.shift()
  model.readings.push({ sequence: reading.sequence, touched: new Set(), isBroken: false })
})
const revocation = fc.constantFrom(...KEYS).map((key) => command(`revoke ${key}`, (model) => revoke(model, key)))
const stream = fc.tuple(small, small, fc.nat({ max: 9 })).map(([back, count, dice]) =>
  command(`stream ${count} events, ${back} from the end${dice === 0 ? ', in reverse' : ''}`, (model, { state }) => {
    const end = model.log.length - back
    const events = model.log.slice(Math.max(0, end - count), Math.max(0, end))
    if (dice === 0) events.reverse()
    expect(state.append(events)).toBe(append(model, events))
  }),
)
const logReads = fc.tuple(small, small).map(([index, limit]) =>
  command(`the log reads question ${index}`, (model) => {
    const asked = model.questions[index]
    if (asked !== undefined) asked.page ??= pageAfter(model, asked.after, limit + 1)
  }),
)
const pageArrives = small.map((index) =>
  command(`the page of question ${index} arrives`, (model) => {
    const asked = model.questions[index]
    if (asked?.page === undefined) return
    model.questions.splice(index, 1)
    answer(model, asked, asked.page)
    asked.question.answer(asked.page)
  }),
)
const loss = small.map((count) =>
  command(`the log loses ${count} events`, (model) => {
    model.logs += 1
    if (model.log.length > count) model.log.splice(model.log.length - count)
  }),
)
const clocks = fc.tuple(fc.integer({ min: -9000, max: 9000 }), fc.nat({ max: 6000 })).map(([wallMs, elapsedMs]) =>
  command(`the clocks go on by ${wallMs} and ${elapsedMs} ms`, (model) => {
    model.nowMs += wallMs
    model.elapsedMs += elapsedMs
  }),
)
/** Some are here twice, so that they are chosen more often. */
const commands = [
  fc.constant(ask),
  fc.constant(ask),
  askAndHear,
  askAndHear,
  fc.constant(read),
  fc.constant(read),
  revocation,
  revocation,
  stream,
  stream,
  logReads,
  logReads,
  pageArrives,
  pageArrives,
  loss,
  clocks,
]

/** The number of runs in which something happened that the test is about. */
const seen = { gaps: 0, touched: 0, unbroken: 0 }

test('a state knows what a model with sets knows', () => {
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 50, size: 'max' }), (run) => {
      const model: Model = {
        log: [],
        logs: 0,
        position: undefined,
        applied: new Set(),
        readings: [],
        knownAsOf: undefined,
        nowMs: 1_796_000_000_000,
        elapsedMs: 0,
        gaps: 0,
        questions: [],
      }
      revoke(model, KEYS[0])
      const state = new RevocationState({
        leaseMs: LEASE_MS,
        slots: 64,
        clock: { nowMs: () => model.nowMs, elapsedMs: () => model.elapsedMs },
      })
      fc.modelRun(() => ({ model, real: { state } }), run)
      if (model.gaps > 0) seen.gaps += 1
      if (model.readings.some(({ touched }) => touched.size > 0)) seen.touched += 1
      if (model.readings.some(({ isBroken }) => !isBroken)) seen.unbroken += 1
    }),
    { numRuns: 1000 },
  )
  // Runs in which nothing happens would say nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100)
})
