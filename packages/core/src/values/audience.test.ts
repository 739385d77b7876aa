import { describe, expect, test } from 'vitest'
import { audienceIntersects, audienceSchema, toAudienceList } from './audience.ts'

const api = 'https://api.example'

describe('audienceSchema', () => {
  test.each([[api], [''], [[]], [[api]], [[api, 'b']]])('accepts %j', (aud) => {
    expect(audienceSchema.safeParse(aud).data).toEqual(aud)
  })

  test.each([[5], [null], [undefined], [{}], [[5]], [[api, null]], [[[api]]], [{ 0: api, length: 1 }]])(
    'refuses %j',
    (aud) => {
      expect(audienceSchema.safeParse(aud).success).toBe(false)
    },
  )
})

describe('toAudienceList', () => {
  test.each([
    ['an absent audience', undefined, []],
    ['one string', api, [api]],
    ['a list', [api, 'b'], [api, 'b']],
  ])('makes a list of %s', (_, aud, list) => {
    expect(toAudienceList(aud)).toEqual(list)
  })
})

describe('audienceIntersects', () => {
  test.each([
    ['equal strings', api, api],
    ['a string in a list', [api, 'b'], 'b'],
    ['a string and a list that holds it', 'b', [api, 'b']],
    ['lists with one value in common', ['a', 'b'], ['b', 'c']],
  ])('matches %s', (_, aud, expected) => {
    expect(audienceIntersects(aud, expected)).toBe(true)
  })

  test.each([
    ['a part of the audience', `${api}/orders`, api],
    ['a part of the expected audience', api, `${api}/orders`],
    ['a part of a string in a list', api, ['api', 'example']],
    ['another case', 'https://API.example', api],
    ['a trailing slash', `${api}/`, api],
    ['an absent audience', undefined, api],
    ['an absent expected audience', api, undefined],
    ['two absent audiences', undefined, undefined],
    ['an empty list', [], api],
    ['two empty lists', [], []],
    ['lists with nothing in common', ['a'], ['b']],
  ])('does not match %s', (_, aud, expected) => {
    expect(audienceIntersects(aud, expected)).toBe(false)
  })
})
