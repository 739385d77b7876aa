import { diagnostics } from '#diagnostics'
import { channel } from 'node:diagnostics_channel'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { EventReporter, type Report } from './event-reporter.ts'
import type { OnEvent } from './events.ts'

const client = { issuer: 'https://as.example.com', endpoint: undefined, clientId: 'api' }
const event: Report = {
  type: 'introspected',
  active: true,
  liveness: undefined,
  inactiveReason: undefined,
  detail: undefined,
  source: 'endpoint',
  fingerprint: 'x',
  durationMs: 1,
}

/** Subscribes to the channel until the test is over. */
function subscribe() {
  const subscriber = vi.fn<(message: unknown) => void>()
  const unsubscribe = () => channel(diagnostics.name).unsubscribe(subscriber)
  channel(diagnostics.name).subscribe(subscriber)
  onTestFinished(unsubscribe)
  return { subscriber, unsubscribe }
}

describe('EventReporter', () => {
  test('isHeard with onEvent, and while the channel has subscribers', () => {
    const subscribed = new EventReporter(undefined, () => client)
    expect([
      new EventReporter(
        () => undefined,
        () => client,
      ).isHeard,
      subscribed.isHeard,
    ]).toEqual([true, false])
    const { unsubscribe } = subscribe()
    expect(subscribed.isHeard).toBe(true)
    unsubscribe()
    expect(subscribed.isHeard).toBe(false)
  })

  test('does nothing with an event that has no listener', () => {
    const publish = vi.spyOn(diagnostics, 'publish')
    const describeClient = vi.fn<() => typeof client>(() => client)
    new EventReporter(undefined, describeClient).report(event)
    expect(describeClient).not.toHaveBeenCalled()
    expect(publish).not.toHaveBeenCalled()
  })

  test('sends the same event to every listener, with the client it is about', () => {
    const { subscriber } = subscribe()
    const onEvent = vi.fn<OnEvent>()
    new EventReporter(onEvent, () => ({ ...client })).report(event)
    const [told] = onEvent.mock.calls[0] ?? []
    expect(told).toEqual({ ...event, client })
    expect(subscriber).toHaveBeenCalledExactlyOnceWith(told, diagnostics.name)
  })

  test('sends an event to subscribers after onEvent threw, and survives a channel that throws', () => {
    subscribe()
    const publish = vi.spyOn(diagnostics, 'publish').mockImplementation(() => {
      throw new Error('subscriber')
    })
    const failure = new Error('observer')
    const onEvent = (): never => {
      throw failure
    }
    expect(() => new EventReporter(onEvent, () => ({ ...client })).report(event)).not.toThrow()
    expect(publish).toHaveBeenCalledTimes(1)
  })

  test('sends an unchanged event after a listener changed an earlier one', () => {
    const whose = Object.freeze({ ...client })
    const told: object[] = []
    const reporter = new EventReporter(
      (heard) => told.push(heard),
      () => whose,
    )
    reporter.report(event)
    expect(Reflect.set(told[0] as object, 'active', false)).toBe(false)
    expect(Reflect.set((told[0] as { client: object }).client, 'clientId', 'another')).toBe(false)
  })
})
