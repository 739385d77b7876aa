import { REGISTERED_MEMBERS } from '@token-introspection/core'
import { expect, test } from 'vitest'
import { describeMembers } from './describe-members.ts'
import { MEMBER_MEANINGS } from './member-meanings.ts'

test('describes members in the order in which people look at them, and others after them', () => {
  const members = describeMembers({ tenant: 'a', exp: 1060, sub: 'alice', constructor: 1 }, 1_000_000)
  expect(members.map(({ name, when }) => [name, when])).toEqual([
    ['sub', undefined],
    ['exp', 'in 1 minute (1970-01-01 00:17:40 UTC)'],
    ['tenant', undefined],
    ['constructor', undefined],
  ])
  expect(members.at(-1)?.clause).toBeUndefined()
})

test('every registered member that is not of ACE or of vectors of trust has a meaning', () => {
  const rare = new Set(['ace_profile', 'cnonce', 'cti', 'exi', 'vot', 'vtm'])
  const missing = [...REGISTERED_MEMBERS].filter((name) => !Object.hasOwn(MEMBER_MEANINGS, name) && !rare.has(name))
  expect(missing).toEqual([])
})
