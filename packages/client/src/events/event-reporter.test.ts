import { beforeEach, describe, expect, test, vi } from 'vitest'
import { EventReporter, type Report } from './event-reporter.ts'
import type { OnEvent } from './events.ts'

const channel = vi.hoisted(() => ({ hasSubscribers: false, publish: vi.fn<(message: unknown) => void>() }))
vi.mock('#diagnostics', () => ({ diagnostics: channel }))

const client = { issuer: 'https://as.example.com', endpoint: undefined, clientId: 'api' }
const event: Report = {
  type: 'introspected',
  active: true,
  inactiveReason: undefined,
  detail: undefined,
  source: 'endpoint',
  fingerprint: 'x',
  durationMs: 1,
}

beforeEach(() => {
  channel.hasSubscribers = false
  channel.publish.mockReset()
})

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
    channel.hasSubscribers = true
    expect(subscribed.isHeard).toBe(true)
    channel.hasSubscribers = false
    expect(subscribed.isHeard).toBe(false)
  })

  test('does nothing with an event that has no listener', () => {
    const describeClient = vi.fn<() => typeof client>(() => client)
    new EventReporter(undefined, describeClient).report(event)
    expect(describeClient).not.toHaveBeenCalled()
    expect(channel.publish).not.toHaveBeenCalled()
  })

  test('sends the same event to every listener, with the client it is about', () => {
    channel.hasSubscribers = true
    const onEvent = vi.fn<OnEvent>()
    new EventReporter(onEvent, () => ({ ...client })).report(event)
    const [told] = onEvent.mock.calls[0] ?? []
    expect(told).toEqual({ ...event, client })
    expect(channel.publish).toHaveBeenCalledWith(told)
  })

  test('sends an event to subscribers after onEvent threw, and survives a channel that throws', () => {
    channel.hasSubscribers = true
    channel.publish.mockImplementation(() => {
      throw new Error('subscriber')
    })
    const failure = new Error('observer')
    const onEvent = (): never => {
      throw failure
    }
    expect(() => new EventReporter(onEvent, () => ({ ...client })).report(event)).not.toThrow()
    expect(channel.publish).toHaveBeenCalledTimes(1)
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
