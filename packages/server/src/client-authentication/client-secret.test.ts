import { OptionGroup } from '@token-introspection/core/options'
import { describe, expect, test } from 'vitest'
import type { Warn } from '../events/warning.ts'
import { type ClientSecret, describeExpiry, isGoodSecret, readClientSecrets } from './client-secret.ts'

const NOW = 1_764_000_000
const WEEK = 604_800

function read(clientSecrets: unknown): ReturnType<typeof readClientSecrets> {
  return readClientSecrets(new OptionGroup('caller', { clientSecrets }, ['clientSecrets']))
}

function until(expiresAt: number): ClientSecret {
  return { secret: 's3cr3t', expiresAt }
}

describe('readClientSecrets', () => {
  test('copies secrets, so that a later change has no effect', () => {
    const given = ['a', { secret: 'b', expiresAt: NOW }]
    const secrets = read(given) as readonly ClientSecret[]
    ;(given[1] as { expiresAt: number }).expiresAt = 0
    expect(secrets).toEqual(['a', { secret: 'b', expiresAt: NOW }])
    expect([secrets, secrets?.[1]].every((value) => Object.isFrozen(value))).toBe(true)
    expect(read(undefined)).toBeUndefined()
  })

  test.each<[string, unknown, string]>([
    ['no list', 's', 'caller.clientSecrets: must be an array with at least one secret'],
    ['an empty list', [], 'caller.clientSecrets: must be an array with at least one secret'],
    [
      'a hole',
      Object.assign([], { length: 1 }),
      'caller.clientSecrets[0]: must be a non-empty string, or { secret, expiresAt }',
    ],
    ['an empty secret', ['a', ''], 'caller.clientSecrets[1]: must be a non-empty string, or { secret, expiresAt }'],
    ['null', [null], 'caller.clientSecrets[0]: must be an object'],
    ['no secret', [{ expiresAt: 0 }], 'caller.clientSecrets[0].secret: is required'],
    ['an empty secret that expires', [{ secret: '', expiresAt: 0 }], 'caller.clientSecrets[0].secret: must be a non'],
    ['no expiry', [{ secret: 'x' }], 'caller.clientSecrets[0].expiresAt: is required; 0 for a secret that never'],
    ['a misspelt expiry', [{ secret: 'x', expires_at: 1 }], 'caller.clientSecrets[0].expires_at: unknown option'],
    ['an expiry in milliseconds', [{ secret: 'x', expiresAt: NOW * 1000 }], 'clientSecrets[0].expiresAt: must be a n'],
    ['an expiry as text', [{ secret: 'x', expiresAt: '1' }], 'caller.clientSecrets[0].expiresAt: must be a number'],
    ['NaN', [{ secret: 'x', expiresAt: Number.NaN }], 'caller.clientSecrets[0].expiresAt: must be a number'],
    ['a fraction', [{ secret: 'x', expiresAt: 1.5 }], 'caller.clientSecrets[0].expiresAt: must be an integer'],
  ])('refuses %s, and names its place', (_, given, message) => {
    expect(() => read(given)).toThrow(TypeError)
    expect(() => read(given)).toThrow(message)
  })
})

describe('isGoodSecret', () => {
  function ask(clientSecrets: readonly ClientSecret[], nowMs = NOW * 1000): [good: boolean, warnings: string[]] {
    const warnings: string[] = []
    const warn: Warn = (code, message) => warnings.push(`${code} ${message}`)
    return [isGoodSecret({ id: 'api', clientSecrets }, 's3cr3t', { now: () => nowMs, warn }), warnings]
  }

  test.each<[string, readonly ClientSecret[], number, boolean]>([
    ['a secret without expiry', ['s3cr3t'], NOW * 1000, true],
    ['a secret with expiry 0', [until(0)], NOW * 1000, true],
    ['a secret one millisecond before its expiry', [until(NOW)], NOW * 1000 - 1, true],
    ['a secret at its expiry', [until(NOW)], NOW * 1000, false],
    ['a secret after its expiry', [until(NOW - 1)], NOW * 1000, false],
    ['another secret', ['other', { secret: 'another', expiresAt: 0 }], NOW * 1000, false],
    ['no secret', [], NOW * 1000, false],
    ['an expired secret that is registered again without expiry', [until(1), 's3cr3t'], NOW * 1000, true],
    ['a secret that is registered again as expired', ['s3cr3t', until(1)], NOW * 1000, true],
    ['a secret with two expiries, of which one is ahead', [until(NOW + 1), until(1)], NOW * 1000, true],
  ])('judges %s', (_, clientSecrets, nowMs, good) => {
    expect(ask(clientSecrets, nowMs)[0]).toBe(good)
  })

  test('warns in the last week, without the secret', () => {
    expect(ask([until(NOW + WEEK + 1)])[1]).toEqual([])
    expect(ask([until(NOW + WEEK)])[1]).toEqual([
      'client-secret-expires "api" uses a secret that expires at 2025-12-01T16:00:00.000Z. Give it another one before that time',
    ])
    expect(ask([until(NOW)])[1]).toEqual([])
    expect(ask([until(NOW + 1), 's3cr3t'])[1]).toEqual([])
  })
})

test('describeExpiry names the time of an expiry, if there is one', () => {
  const caller = { id: 'api', clientSecrets: ['a', { secret: 'b', expiresAt: NOW }] }
  expect(['a', 'b', 'c', undefined].map((text) => describeExpiry(caller, text))).toEqual([
    undefined,
    '2025-11-24T16:00:00.000Z',
    undefined,
    undefined,
  ])
})
