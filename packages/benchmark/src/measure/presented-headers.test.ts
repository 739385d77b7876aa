import { describe, expect, test } from 'vitest'
import { PresentedHeaders } from './presented-headers.ts'

const tokens = Array.from({ length: 100 }, (_, index) => 'x'.repeat(index % 7) + index)
const turn = (headers: PresentedHeaders): string[] => tokens.map(() => headers.next())

describe('PresentedHeaders', () => {
  test('presents every token once per turn, whatever its length', () => {
    const presented = turn(new PresentedHeaders(tokens))
    expect(presented.toSorted()).toEqual(tokens.map((token) => `Bearer ${token}`).toSorted())
  })

  test('presents them in a random order that is the same in every process and every turn', () => {
    const headers = new PresentedHeaders(tokens)
    const first = turn(headers)
    expect(first).not.toEqual(tokens.map((token) => `Bearer ${token}`))
    expect(turn(headers)).toEqual(first)
    expect(turn(new PresentedHeaders(tokens))).toEqual(first)
  })
})
