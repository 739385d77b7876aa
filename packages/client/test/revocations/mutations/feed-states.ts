/** States of the feed without one of the rules about pages, events and gaps. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import { momentOf } from '../../../src/revocations/revocation-clock.ts'
import {
  type PageOutcome,
  type RevocationQuestion,
  RevocationState,
} from '../../../src/revocations/revocation-state.ts'
import { HeldState } from './held-state.ts'

const NOTHING: Omit<RevocationPage, 'position'> = { events: [], gap: false, more: false }

export class NoChainState extends RevocationState {
  override append(events: readonly RevocationEvent[]): boolean {
    for (const event of events) {
      if (this.position === undefined) return false
      super.append([{ ...event, previous: this.position }])
    }
    return true
  }
}

export class AnyPageState extends HeldState {
  override beginQuestion(): RevocationQuestion {
    const askedAt = momentOf(this.held)
    const question = super.beginQuestion()
    const answer = (page: RevocationPage): PageOutcome => {
      if (question.after === this.position || question.after === undefined || page.gap) return question.answer(page)
      for (const event of page.events) super.append([{ ...event, previous: this.position ?? '' }])
      return this.take({ ...NOTHING, more: page.more, position: this.position ?? '' }, askedAt)
    }
    return { ...question, answer }
  }
}

export class AnyGapState extends HeldState {
  override beginQuestion(): RevocationQuestion {
    const askedAt = momentOf(this.held)
    const question = super.beginQuestion()
    const answer = (page: RevocationPage): PageOutcome => {
      const isTied = question.after === this.position
      if (isTied || !(page.gap || question.after === undefined)) return question.answer(page)
      const { knownAsOf } = this
      this.take({ ...page, gap: true }, askedAt)
      return this.take({ ...NOTHING, position: page.position }, knownAsOf)
    }
    return { ...question, answer }
  }
}

export class NoFloorState extends RevocationState {
  override isUnbroken(): boolean {
    return true
  }
}

export class LateQuestionState extends RevocationState {
  override beginQuestion(): RevocationQuestion {
    const question = super.beginQuestion()
    const answer = (page: RevocationPage): PageOutcome =>
      question.after === this.position ? super.beginQuestion().answer(page) : question.answer(page)
    return { ...question, answer }
  }
}

export class FirstPageState extends RevocationState {
  override beginQuestion(): RevocationQuestion {
    const question = super.beginQuestion()
    return { ...question, answer: (page) => question.answer({ ...page, more: false }) }
  }
}
