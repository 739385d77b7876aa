import { describe, expect, test } from 'vitest'
import { Forgotten } from './forgotten.ts'

const now = 1_764_000_000_000
const tokenPart = (key: string): string => key.split('.')[0] as string

describe('Forgotten', () => {
  test('covers answers requested before a token was forgotten, with any hint, and no other token', () => {
    const forgotten = new Forgotten()
    forgotten.add('a', now)
    expect(['a', 'a.hint', 'b'].map((key) => forgotten.covers(key, now, tokenPart))).toEqual([true, true, false])
    expect(forgotten.covers('a', now + 1, tokenPart)).toBe(false)
  })

  test('is limited, and covers more answers when there are too many tokens', () => {
    const forgotten = new Forgotten()
    forgotten.add('first', now)
    for (let index = 1; index <= 20_000; index++) forgotten.add(`token-${index}`, now + index)
    expect(forgotten.size).toBe(10_000)
    expect(forgotten.covers('first', now, tokenPart)).toBe(true)
    expect(forgotten.covers('token-1', now + 1, tokenPart)).toBe(true)
    expect(forgotten.covers('never forgotten', now + 10_000, tokenPart)).toBe(true)
    expect(forgotten.covers('never forgotten', now + 10_001, tokenPart)).toBe(false)
    expect(forgotten.covers('token-20000', now + 20_000, tokenPart)).toBe(true)
  })

  test('drops records that are older than any stored answer', () => {
    const forgotten = new Forgotten()
    forgotten.add('a', now)
    forgotten.add('b', now + 1)
    forgotten.sweep(1000, now + 1001)
    expect(forgotten.size).toBe(1)
    expect(forgotten.covers('b', now, tokenPart)).toBe(true)
  })

  test('covers the answers of dropped records, which are not that old when the clock was ahead for a moment', () => {
    const forgotten = new Forgotten()
    forgotten.add('a', now)
    forgotten.sweep(1000, now + 3_600_000)
    expect(forgotten.size).toBe(0)
    expect([now, now + 1].map((askedAtMs) => forgotten.covers('a.hint', askedAtMs, tokenPart))).toEqual([true, false])
  })

  test('covers every answer that was kept before its token was forgotten, also by a clock that was set back since', () => {
    const forgotten = new Forgotten()
    forgotten.noteKept(now)
    forgotten.add('a', now - 500)
    expect([now, now + 1].map((askedAtMs) => forgotten.covers('a.hint', askedAtMs, tokenPart))).toEqual([true, false])
    expect(forgotten.latestMs).toBe(now)
    forgotten.startAgain()
    forgotten.add('a', now - 500)
    expect(forgotten.covers('a.hint', now, tokenPart)).toBe(false)
  })

  test('covers every answer requested before all tokens were forgotten', () => {
    const forgotten = new Forgotten()
    forgotten.addAll(now)
    expect([forgotten.covers('a', now, tokenPart), forgotten.covers('a', now + 1, tokenPart)]).toEqual([true, false])
  })

  test('covers them also by a clock that was set back since, and still covers what was forgotten before', () => {
    const forgotten = new Forgotten()
    forgotten.add('a', now)
    forgotten.addAll(now - 500)
    expect([now, now + 1].map((askedAtMs) => forgotten.covers('a.hint', askedAtMs, tokenPart))).toEqual([true, false])
    forgotten.noteKept(now + 10)
    forgotten.addAll(now - 400)
    expect([now + 10, now + 11].map((askedAtMs) => forgotten.covers('b', askedAtMs, tokenPart))).toEqual([true, false])
    expect(forgotten.latestMs).toBe(now + 10)
  })

  test('covers new answers about other tokens no longer than before when the clock was ahead as one token was forgotten', () => {
    const forgotten = new Forgotten()
    forgotten.add('b', now)
    forgotten.add('a', now + 1_000_000)
    forgotten.addAll(now + 1)
    expect(['a', 'b', 'c'].map((token) => forgotten.covers(token, now + 1, tokenPart))).toEqual([true, true, true])
    expect(['a', 'b', 'c'].map((token) => forgotten.covers(token, now + 2, tokenPart))).toEqual([true, false, false])
    expect([forgotten.size, forgotten.latestMs]).toEqual([1, now + 1_000_000])
  })
})
