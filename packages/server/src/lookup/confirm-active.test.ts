import { Form } from '@token-introspection/core'
import { describe, expect, test, vi } from 'vitest'
import type { Disclosure } from '../authorization/authorize-disclosure.ts'
import { confirmActive } from './confirm-active.ts'
import type { LookupStep } from './find-token.ts'
import { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'

const record: TokenRecord = { kind: 'access_token', sub: 'alice' }
const lookup = new TokenLookup({ token: 'abc', parameters: new Form() }, 'digest')
const found = { lookup, resolver: 'store', record, reason: undefined, known: record }
const disclosure: Disclosure = { record, view: undefined, reason: undefined }
const denied: Disclosure = { record: undefined, view: undefined, reason: 'denied' }

function step(isActive: LookupStep['isActive'], warnings: string[] = []): LookupStep {
  return {
    resolvers: [],
    isMinted: undefined,
    isActive,
    timeoutMs: 50,
    now: () => 0,
    warn: (_, message) => void warnings.push(message),
  }
}

describe('confirmActive', () => {
  test.each<[string, unknown, boolean, number]>([
    ['true', true, true, 0],
    ['a promise of true', Promise.resolve(true), true, 0],
    ['false', false, false, 0],
    ['nothing', undefined, false, 0],
    ['null', null, false, 0],
    ['1', 1, false, 1],
    ['an object', { active: true }, false, 1],
  ])('accepts %s from isActive as the final decision (SEC-06)', async (_, active, isActive, complaints) => {
    const warnings: string[] = []
    const confirmed = await confirmActive(
      disclosure,
      found,
      step(() => active as boolean, warnings),
    )
    expect(confirmed).toEqual(isActive ? disclosure : { record: undefined, view: undefined, reason: 'not-active' })
    expect(warnings).toHaveLength(complaints)
  })

  test('returns without a promise when there is nothing to ask', () => {
    expect(confirmActive(disclosure, found, step(undefined))).toBe(disclosure)
  })

  test('does not ask about an undisclosed token, because time or failure would reveal that it exists', () => {
    const isActive = vi.fn<() => boolean>()
    expect(confirmActive(denied, found, step(isActive))).toBe(denied)
    expect(isActive).not.toHaveBeenCalled()
  })

  test('passes the record and the lookup', async () => {
    const asked: unknown[][] = []
    await confirmActive(
      disclosure,
      found,
      step((...args) => asked.push(args) > 0),
    )
    expect(asked).toEqual([[record, lookup]])
  })

  test.each([
    ['throws', () => Promise.reject(new Error('down'))],
    ['never answers', () => new Promise<boolean>(() => undefined)],
  ])('treats an isActive that %s as a failure (ERR-18)', async (_, isActive) => {
    await expect(confirmActive(disclosure, found, step(isActive))).rejects.toMatchObject({ code: 'ERR_LOOKUP_STORE' })
  })
})
