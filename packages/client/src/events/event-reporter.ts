/** Tells events to whoever listens: the `onEvent` of a client, and subscribers of the diagnostics channel. */
import { diagnostics } from '#diagnostics'
import type { IntrospectionClientEvent, OnEvent, ReportingClient } from './events.ts'

/** An event before it says whose it is. */
export type Report<Event extends IntrospectionClientEvent = IntrospectionClientEvent> = Event extends unknown
  ? Omit<Event, 'client'>
  : never

/** The listeners of one client. */
export class EventReporter {
  readonly #onEvent: OnEvent | undefined
  readonly #describe: () => ReportingClient

  /** @param describe - says whose the events are, when one is told; nobody can change what it gives. */
  constructor(onEvent: OnEvent | undefined, describe: () => ReportingClient) {
    this.#onEvent = onEvent
    this.#describe = describe
  }

  /** Whether anybody listens now. Nothing is measured or made for events while nobody does. */
  get isHeard(): boolean {
    return this.#onEvent !== undefined || diagnostics.hasSubscribers
  }

  /** Tells an event, if anybody listens. It never throws. */
  report(event: Report): void {
    if (!this.isHeard) return
    const told = Object.freeze({ ...event, client: this.#describe() }) as IntrospectionClientEvent
    tell(this.#onEvent, told)
    // Node makes an uncaught exception of what a subscriber throws; other runtimes may throw it here.
    if (diagnostics.hasSubscribers) tell(publish, told)
  }
}

function publish(event: IntrospectionClientEvent): void {
  diagnostics.publish(event)
}

/** A listener's failure is not the caller's, whether it throws or rejects. */
function tell(listener: OnEvent | undefined, event: IntrospectionClientEvent): void {
  try {
    const told: unknown = listener?.(event)
    if (told instanceof Promise) told.catch(() => undefined)
  } catch {}
}
