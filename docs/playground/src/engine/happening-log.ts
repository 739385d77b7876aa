/** What happened so far on both sides and on the page. Listeners hear of each happening. */
import type { IntrospectionClientEvent } from '@token-introspection/client'
import type { ServerEvent } from './authorization-server.ts'

/** What a person did. */
export type OwnEvent =
  | { readonly type: 'issued'; readonly token: number }
  | { readonly type: 'moved'; readonly seconds: number }
  | { readonly type: 'api_started' }
  | { readonly type: 'revocation_failed'; readonly token: number }
  | { readonly type: 'heard'; readonly afterMs: number }

/** Something that happened, and on which side. */
export type Happening = { readonly id: number; readonly atMs: number } & (
  | { readonly side: 'server'; readonly event: ServerEvent }
  | { readonly side: 'api'; readonly event: IntrospectionClientEvent }
  | { readonly side: 'page'; readonly event: OwnEvent }
)

/** The newest happenings. */
export interface HappeningLog {
  readonly happenings: readonly Happening[]
  /** Adds a happening, and calls everybody who subscribed. */
  note(happening: DistributedOmit<Happening, 'id' | 'atMs'>): void
  /** Calls back after each happening. Returns a function that ends that. */
  subscribe(listener: () => void): () => void
  /** Ends every subscription. */
  close(): void
}

const MOST_HAPPENINGS = 200

/** A log that is empty at first. */
export function createHappeningLog(nowMs: () => number): HappeningLog {
  const listeners = new Set<() => void>()
  let happenings: Happening[] = []
  return {
    get happenings() {
      return happenings
    },
    note(happening) {
      const id = (happenings.at(-1)?.id ?? 0) + 1
      happenings = [...happenings, { ...happening, id, atMs: nowMs() }].slice(-MOST_HAPPENINGS)
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => listeners.clear(),
  }
}

type DistributedOmit<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never
