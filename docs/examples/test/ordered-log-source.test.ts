import { parseRevocationPage, type RevocationPage } from '@token-introspection/core/revocations'
import { describe, expect, test } from 'vitest'
import {
  createOrderedLogSource,
  type LogRecord,
  type OrderedLog,
  type Revoked,
} from '../src/revocation-log/ordered-log-source.ts'

const LIMIT = 3

function revokedOf(key: string): Revoked {
  return { at: 1_764_480_000, cut: null, kind: 'token', key: key.padEnd(16, '_') }
}

/** A log in memory, which can lose records like a real one. */
function createLog() {
  let records: LogRecord[] = []
  let next = 0
  const listeners = new Set<() => void>()
  const log: OrderedLog = {
    append: (value) => {
      records.push({ number: next++, value })
      for (const listener of listeners) listener()
      return Promise.resolve()
    },
    lastNumber: () => Promise.resolve(records.length === 0 ? undefined : next - 1),
    read: (from, limit) => Promise.resolve(records.filter(({ number }) => number >= from).slice(0, limit)),
    onAppended: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    log,
    skipNumber: () => next++,
    dropBefore: (number: number) => (records = records.filter((record) => record.number >= number)),
    loseFrom: (number: number) => {
      records = records.filter((record) => record.number < number)
      next = number
    },
  }
}

/** A source with an outbox, and what a follower sees of it. */
async function createFollowed() {
  const stored = createLog()
  const outbox: Revoked[] = []
  const source = createOrderedLogSource(stored.log, async () => {
    for (const revoked of outbox.splice(0)) await source.publish(revoked)
  })
  await source.keepAlive()
  const ask = async (after: string | undefined): Promise<RevocationPage> => {
    // A follower refuses pages that are no chain.
    return parseRevocationPage(await source.readAfter(after, LIMIT), after)
  }
  return { ...stored, outbox, source, ask, start: (await ask(undefined)).position }
}

function keysOf({ events }: RevocationPage): string[] {
  return events.map(({ key }) => key.replaceAll('_', ''))
}

describe('createOrderedLogSource', () => {
  test('gives what comes after a position, a page at a time', async () => {
    const { source, ask, start, skipNumber } = await createFollowed()
    for (const key of ['a', 'b', 'c', 'd']) {
      await source.publish(revokedOf(key))
      skipNumber()
    }
    const first = await ask(start)
    expect([keysOf(first), first.more]).toEqual([['a', 'b', 'c'], true])
    const second = await ask(first.position)
    expect([keysOf(second), second.more]).toEqual([['d'], false])
    expect(await ask(second.position)).toEqual({ position: second.position, events: [], gap: false, more: false })
  })

  test('passes over nothing that is committed', async () => {
    const { outbox, ask, start } = await createFollowed()
    outbox.push(revokedOf('committed'))
    expect(keysOf(await ask(start))).toEqual(['committed'])
  })

  test.each(['0.other', '7.x', 'x', '-1.x', '1e9.x', 'NaN.x'])('answers a gap for the position %s', async (after) => {
    const { ask, start } = await createFollowed()
    expect(await ask(after)).toEqual({ position: start, events: [], gap: true, more: false })
  })

  test('answers a gap for a record that was dropped', async () => {
    const { source, ask, start, dropBefore } = await createFollowed()
    await source.publish(revokedOf('a'))
    dropBefore(1)
    expect(await ask(start)).toMatchObject({ gap: true, events: [] })
  })

  test('answers a gap after a leader has lost its last records', async () => {
    const { source, ask, start, loseFrom } = await createFollowed()
    await source.publish(revokedOf('a'))
    const { position } = await ask(start)
    loseFrom(1)
    await source.publish(revokedOf('b'))
    expect(await ask(position)).toMatchObject({ gap: true, events: [] })
    expect(keysOf(await ask(start))).toEqual(['b'])
  })

  test('tells listeners of new records until they leave', async () => {
    const { source } = await createFollowed()
    let calls = 0
    const leave = source.onAppended(() => calls++)
    await source.publish(revokedOf('a'))
    leave()
    await source.publish(revokedOf('b'))
    expect(calls).toBe(1)
  })

  test('fails when the log has become empty', async () => {
    const { ask, dropBefore } = await createFollowed()
    dropBefore(99)
    await expect(ask(undefined)).rejects.toThrow('keepAlive')
  })
})
