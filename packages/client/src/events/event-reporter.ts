/** Sends events to the `onEvent` of a client and to subscribers of the diagnostics channel. */
import { ignoreRejection } from '@token-introspection/core/maybe-promise'
import { diagnostics } from '#diagnostics'
import type { IntrospectionClientEvent, OnEvent, ReportingClient } from './events.ts'

/** An event without its `client`. */
export type Report<Event extends IntrospectionClientEvent = IntrospectionClientEvent> = Event extends unknown
  ? Omit<Event, 'client'>
  : never

/** The listeners of one client. */
export class EventReporter {
  readonly #onEvent: OnEvent | undefined
  readonly #describe: () => ReportingClient

  /** @param describe - describes the client, called for each event. Its result is frozen. */
  constructor(onEvent: OnEvent | undefined, describe: () => ReportingClient) {
    this.#onEvent = onEvent
    this.#describe = describe
  }

  /** Whether there is a listener now. Without one, nothing is measured or created for events. */
  get isHeard(): boolean {
    return this.#onEvent !== undefined || diagnostics.hasSubscribers
  }

  /** Sends an event to the listeners. It never throws. */
  report(event: Report): void {
    if (!this.isHeard) return
    const told = Object.freeze({ ...event, client: this.#describe() }) as IntrospectionClientEvent
    tell(this.#onEvent, told)
    // Node turns an error of a subscriber into an uncaught exception; other runtimes may throw it here.
    if (diagnostics.hasSubscribers) tell(publish, told)
  }
}

function publish(event: IntrospectionClientEvent): void {
  diagnostics.publish(event)
}

/** A listener's error, thrown or rejected, must not fail the call. */
function tell(listener: OnEvent | undefined, event: IntrospectionClientEvent): void {
  try {
    ignoreRejection(listener?.(event))
  } catch {}
}
