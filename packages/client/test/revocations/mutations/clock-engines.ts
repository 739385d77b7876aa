/** Clients that go by one clock alone. */
import type { RevocationClock } from '../../../src/revocations/revocation-clock.ts'
import { RealEngine } from '../real-engine.ts'
import { EPOCH_MS } from '../simulated-clock.ts'

export class MonotonicEngine extends RealEngine {
  protected override followedClock({ elapsedMs }: RevocationClock): RevocationClock {
    return { nowMs: () => EPOCH_MS + elapsedMs(), elapsedMs }
  }
}

export class WallEngine extends RealEngine {
  protected override followedClock({ nowMs }: RevocationClock): RevocationClock {
    return { nowMs, elapsedMs: nowMs }
  }
}
