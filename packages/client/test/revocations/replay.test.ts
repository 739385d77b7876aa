/** A follower that replays a log, for every order of revocations, pages, trims, lost logs and streams. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FollowedJwts } from '../../src/revocations/followed-jwts.ts'
import { type RevocationQuestion, RevocationState } from '../../src/revocations/revocation-state.ts'
import { RevokedKeys } from '../../src/revocations/revoked-keys.ts'

const PAGE_EVENTS = 2
const LEASE_MS = 1e9

/** A token, and when it was revoked: by the number of the step, which is the time of the follower. */
interface Token {
  readonly jti: string
  readonly iat: number
  revokedAt: number | undefined
}

/** The log of an authorization server. Its clock has whole seconds. */
class Log {
  seconds = 1000
  events: RevocationEvent[] = []
  /** The position and the moment of the row before the oldest event. */
  origin = { position: '0.a', at: 1000 }
  #count = 0

  get position(): string {
    return this.events.at(-1)?.position ?? this.origin.position
  }

  append(key: string): void {
    this.#count += 1
    const position = `${this.#count}.${this.origin.position.slice(-1)}`
    this.events.push({ position, previous: this.position, at: this.seconds, cut: null, kind: 'token', key })
  }

  trim(): void {
    const oldest = this.events.shift()
    if (oldest !== undefined) this.origin = { position: oldest.position, at: oldest.at }
  }

  /** Everything is lost, and the tags are others. */
  lose(tag: string): void {
    this.events = []
    this.origin = { position: `0.${tag}`, at: this.seconds }
  }

  answer({ after, isReplay }: RevocationQuestion): RevocationPage {
    const none = { position: this.position, events: [], gap: false, more: false }
    if (isReplay) return { ...this.#page(0, this.origin.position), since: this.origin.at }
    if (after === undefined) return none
    if (after === this.origin.position) return this.#page(0, after)
    const index = this.events.findIndex(({ position }) => position === after)
    return index === -1 ? { ...none, gap: true } : this.#page(index + 1, after)
  }

  #page(from: number, after: string): RevocationPage {
    const events = this.events.slice(from, from + PAGE_EVENTS)
    const position = events.at(-1)?.position ?? after
    return { position, events, gap: false, more: from + events.length < this.events.length }
  }
}

type Action = 'issue' | 'revoke' | 'tick' | 'trim' | 'lose' | 'ask' | 'read' | 'arrive' | 'fail' | 'exchange' | 'stream'

const action = fc.record({
  do: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Action>('ask', 'read', 'arrive', 'exchange') },
    { weight: 3, arbitrary: fc.constantFrom<Action>('issue', 'revoke', 'tick') },
    { weight: 1, arbitrary: fc.constantFrom<Action>('trim', 'lose', 'fail', 'stream') },
  ),
  which: fc.nat({ max: 30 }),
})

test('a JWT that the feed covers is refused if it was revoked before the moment as of which the feed is known', async () => {
  let covered = 0
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 120 }), async (actions) => {
      let step = 1
      const clock = { nowMs: () => step, elapsedMs: () => step }
      const revoked = new RevokedKeys({
        maxKeys: 1e6,
        lifetimeMs: 1e12,
        elapsedMs: () => step,
        onFull: () => undefined,
      })
      const onApplied = (_slot: number, event: RevocationEvent): void => revoked.add(event)
      const state = new RevocationState({ leaseMs: LEASE_MS, clock, replays: true, slots: 64, onApplied })
      const jwts = new FollowedJwts(state, revoked, (kind, identifier) => `${kind}:${identifier}`)
      const log = new Log()
      const lost: string[] = []
      let tokens: Token[] = []
      let asked: RevocationQuestion | undefined
      let page: RevocationPage | undefined
      for (const { do: name, which } of actions) {
        step += 1
        const token = tokens.at(which % Math.max(1, tokens.length))
        if (name === 'issue') tokens.push({ jti: `jti-${step}`, iat: log.seconds, revokedAt: undefined })
        else if (name === 'tick') log.seconds += 1
        else if (name === 'trim') log.trim()
        else if (name === 'ask' && asked === undefined) asked = state.beginQuestion()
        else if (name === 'read' && asked !== undefined) page ??= log.answer(asked)
        else if (name === 'fail') [asked, page] = [undefined, undefined]
        else if (name === 'stream') state.append(log.events.slice(which % 3, (which % 3) + 1 + (which % 2)))
        else if (name === 'exchange' && asked === undefined) {
          const question = state.beginQuestion()
          question.answer(log.answer(question))
        } else if (name === 'revoke' && token !== undefined && token.revokedAt === undefined) {
          token.revokedAt = step
          log.append((await jwts.find('a.b.c', { active: true, iss: 'i', jti: token.jti })).keys.at(1) ?? '')
        } else if (name === 'lose') {
          lost.push('x')
          log.lose(String.fromCodePoint(97 + lost.length))
          // The server has lost what it revoked, and nobody can know of it.
          tokens = tokens.filter(({ revokedAt }) => revokedAt === undefined)
        } else if (name === 'arrive' && asked !== undefined && page !== undefined) {
          asked.answer(page)
          ;[asked, page] = [undefined, undefined]
        }
        if (!state.isWithinLease()) continue
        for (const { jti, iat, revokedAt } of tokens) {
          if (revokedAt === undefined || revokedAt >= state.knownAsOf.elapsedMs) continue
          const jwt = await jwts.find('a.b.c', { active: true, iss: 'i', jti, iat })
          if (!jwt.isCovered()) continue
          covered += 1
          expect(jwt.refusal()).toBe('revoked')
        }
      }
    }),
    { numRuns: 2000 },
  )
  // Otherwise the property says nothing.
  expect(covered).toBeGreaterThan(1000)
})

test('a stream counts for nothing while a replay is due', () => {
  const clock = { nowMs: () => 0, elapsedMs: () => 0 }
  const state = new RevocationState({ leaseMs: LEASE_MS, clock, replays: true })
  const event = { position: '2.a', previous: '1.a', at: 5, cut: null, kind: 'token', key: 'k'.repeat(16) } as const
  const none = { events: [], gap: false, more: false }
  expect(state.append([event])).toBe(false)
  const first = state.beginQuestion()
  expect(first).toMatchObject({ isReplay: true, after: undefined })
  expect(first.answer({ ...none, position: '1.a', since: 4 })).toBe('known')
  const second = state.beginQuestion()
  expect(second).toMatchObject({ isReplay: false, after: '1.a' })
  expect(second.answer({ ...none, position: '1.b', gap: true })).toBe('again')
  expect([state.append([{ ...event, previous: '1.b' }]), state.since, state.isWithinLease()]).toEqual([
    false,
    undefined,
    false,
  ])
  const third = state.beginQuestion()
  expect(third.isReplay).toBe(true)
  expect(third.answer({ ...none, events: [event], position: '2.a' })).toBe('known')
  // Without the member, the time before the oldest event is unknown.
  expect([state.position, state.since, state.gaps]).toEqual(['2.a', 5, 1])
  // A page that comes twice, or too late, does not begin again.
  expect(third.answer({ ...none, position: '0.z', since: 1 })).toBe('again')
  expect([state.position, state.since]).toEqual(['2.a', 5])
})
