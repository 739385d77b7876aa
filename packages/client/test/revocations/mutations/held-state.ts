/** A state of the feed that can be asked as if at another time. */
import type { RevocationPage } from '@token-introspection/core/revocations'
import type { Moment, RevocationClock } from '../../../src/revocations/revocation-clock.ts'
import {
  type PageOutcome,
  RevocationState,
  type RevocationStateSettings,
} from '../../../src/revocations/revocation-state.ts'

export class HeldState extends RevocationState {
  protected readonly held: HeldClock

  constructor(settings: RevocationStateSettings) {
    const held = new HeldClock(settings.clock)
    super({ ...settings, clock: held })
    this.held = held
  }

  /** A page counts as the answer to a question of then, whatever the client has applied since. */
  protected take(page: RevocationPage, askedAt: Moment): PageOutcome {
    this.held.held = askedAt
    const question = super.beginQuestion()
    this.held.held = undefined
    return question.answer(page)
  }
}

/** A clock that can be told what to say. */
class HeldClock implements RevocationClock {
  held: Moment | undefined
  readonly #clock: RevocationClock

  constructor(clock: RevocationClock) {
    this.#clock = clock
  }

  readonly nowMs = (): number => this.held?.wallMs ?? this.#clock.nowMs()
  readonly elapsedMs = (): number => this.held?.elapsedMs ?? this.#clock.elapsedMs()
}
