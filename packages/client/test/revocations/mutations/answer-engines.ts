/** Clients without one of the rules about answers on their way, and about what is known of an answer. */
import type { RevocationEvent } from '@token-introspection/core/revocations'
import { RevocationState, type RevocationStateSettings } from '../../../src/revocations/revocation-state.ts'
import type { FoundAnswer, Judge, NotedReading, SimulatedResponse } from '../client-engine.ts'
import { RealEngine, type RealReading } from '../real-engine.ts'

export class NotedAfterEngine extends RealEngine {
  override take(reading: NotedReading, response: SimulatedResponse): void {
    super.take(reading, response)
    const { read } = reading as RealReading
    if (read.isProven) read.sequence = this.state.sequence
  }
}

export class AnyPlaceEngine extends RealEngine {
  override take(reading: NotedReading, response: SimulatedResponse): void {
    const { position } = reading
    super.take(reading, response.active && position !== undefined ? { ...response, read_at: position } : response)
  }
}

export class BeforeFeedEngine extends RealEngine {
  override take(reading: NotedReading, response: SimulatedResponse): void {
    super.take(reading, response)
    if (reading.position !== '-' || !response.active) return
    const { read } = reading as RealReading
    read.isProven = true
    read.sequence = Math.max(1, this.state.sequence)
  }
}

export class OwnPositionEngine extends RealEngine {
  override beginReading(): RealReading {
    return super.beginReading(undefined)
  }
}

export class ProvenAgeEngine extends RealEngine {
  override use(reading: NotedReading): FoundAnswer {
    return provenByAge(super.use(reading))
  }

  override recall(
    token: string,
    notOlderThan: string | undefined,
    judge: Judge | undefined,
    done: (found: FoundAnswer | undefined) => void,
  ): void {
    super.recall(token, notOlderThan, judge, (found) => done(found && provenByAge(found)))
  }
}

function provenByAge(found: FoundAnswer): FoundAnswer {
  const { ageSeconds, boundSeconds } = found.liveness
  return {
    ...found,
    liveness: { ...found.liveness, bound: 'proven', boundSeconds: Math.min(ageSeconds, boundSeconds) },
  }
}

export class IssuedLaterEngine extends RealEngine {
  protected override createState(settings: RevocationStateSettings): RevocationState {
    return new IssuedLaterState(settings)
  }

  override take(reading: NotedReading, response: SimulatedResponse): void {
    super.take(reading, response)
    const { issuedAt } = this.state as IssuedLaterState
    for (const key of response.revocation_keys ?? []) issuedAt.set(key, response.iat ?? 0)
  }
}

class IssuedLaterState extends RevocationState {
  readonly issuedAt = new Map<string, number>()

  override append(events: readonly RevocationEvent[]): boolean {
    const isOlder = ({ key, at }: RevocationEvent): boolean => (this.issuedAt.get(key) ?? 0) > at
    return super.append(events.map((event) => (isOlder(event) ? { ...event, key: 'no-key-of-a-token' } : event)))
  }
}
