/** A feed of revocations within the process, which a variant moves on by itself. */
import { randomBytes } from 'node:crypto'
import type { RevocationFollower } from '@token-introspection/client'
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'

/** A feed and what follows it. */
export interface BenchFeed {
  readonly follower: RevocationFollower
  /** Appends events with random keys, which end no token of the benchmark, and delivers them at once. */
  readonly append: (count: number) => void
  /** The members that an answer for a follower has. */
  readonly membersFor: (body: string) => object
}

/** Keys of events, made once, because making them is the work of the server. */
const KEYS = Array.from({ length: 4096 }, () => keyWith('A'))

/** Creates a feed. */
export function createBenchFeed(): BenchFeed {
  let count = 0
  let hear: ((events: readonly RevocationEvent[]) => boolean) | undefined
  const position = (): string => `${count}.bench`
  const page = (): RevocationPage => ({ position: position(), events: [], gap: false, more: false })
  return {
    follower: {
      bound: 'proven',
      connect: () => ({
        ask: () => Promise.resolve(page()),
        listen(_after, onEvents, signal) {
          hear = onEvents
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
        },
      }),
    },
    append(events) {
      const batch: RevocationEvent[] = []
      for (let index = 0; index < events; index += 1) {
        const previous = position()
        count += 1
        const key = KEYS[(count * 7919) % KEYS.length] ?? ''
        batch.push({ position: position(), previous, at: 1, cut: null, kind: 'token', key })
      }
      if (hear?.(batch) !== true) throw new Error('the client does not follow')
    },
    membersFor(body) {
      const asked = new URLSearchParams(body).get('revocation_position')
      if (asked === null) return {}
      return { revocation_keys: Array.from({ length: 5 }, () => keyWith('B')), read_at: asked }
    },
  }
}

/** A random key. The second character keeps keys of events and of answers in different slots of the client's table. */
function keyWith(second: string): string {
  const key = randomBytes(12).toString('base64url')
  return `${key.charAt(0)}${second}${key.slice(2)}`
}
