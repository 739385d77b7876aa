import { describe, expect, test } from 'vitest'
import { type Actor, actorChain, actorSchema, MAX_ACTOR_DEPTH, mayActSchema } from './actor.ts'

function nested(depth: number): Actor {
  let actor: Actor = { sub: `actor ${depth}` }
  for (let level = depth - 1; level > 0; level--) actor = { sub: `actor ${level}`, act: actor }
  return actor
}

describe('actorSchema', () => {
  test.each([
    ['one actor', { sub: 'admin', iss: 'https://as.example' }],
    ['an actor with members of its own', { sub: 'admin', tenant: { id: 1 } }],
    ['an actor without a name', {}],
    ['a chain', { client_id: 'gateway', act: { sub: 'admin' } }],
    ['a null actor before this one', { sub: 'admin', act: undefined }],
    ['a chain of the maximum depth', nested(MAX_ACTOR_DEPTH)],
  ])('accepts %s and keeps it', (_, act) => {
    expect(actorSchema.safeParse(act).data).toEqual(act)
  })

  test.each([
    ['a string', 'admin'],
    ['an array', [{ sub: 'admin' }]],
    ['null', null],
    ['a subject that is a number', { sub: 5 }],
    ['an issuer that is null', { sub: 'admin', iss: null }],
    ['a wrong actor deeper in the chain', { sub: 'a', act: { sub: 'b', act: { sub: 5 } } }],
    ['a string deeper in the chain', { sub: 'a', act: 'b' }],
    ['null deeper in the chain', { sub: 'a', act: null }],
    ['a chain one level too deep', nested(MAX_ACTOR_DEPTH + 1)],
    ['a chain 10,000 levels deep', nested(100_000)],
  ])('refuses %s', (_, act) => {
    expect(actorSchema.safeParse(act).success).toBe(false)
  })

  test('refuses a chain that contains itself', () => {
    const act: Actor = { sub: 'a' }
    act.act = act
    expect(actorSchema.safeParse(act).success).toBe(false)
  })
})

describe('mayActSchema', () => {
  test('accepts an object and keeps all its members', () => {
    const mayAct = { sub: 'admin@example.com', iss: 'https://as.example', exp: 'never' }
    expect(mayActSchema.safeParse(mayAct).data).toEqual(mayAct)
  })

  test.each([['admin'], [['admin']], [null], [{ sub: 5 }]])('refuses %j', (mayAct) => {
    expect(mayActSchema.safeParse(mayAct).success).toBe(false)
  })
})

describe('actorChain', () => {
  test('lists the current actor first', () => {
    expect(actorChain({ sub: 'b', act: { sub: 'a' } }).map((actor) => actor.sub)).toEqual(['b', 'a'])
  })

  test('is empty without an actor', () => {
    expect(actorChain(undefined)).toEqual([])
  })

  test('is cut when the chain never ends', () => {
    const act: Actor = { sub: 'a' }
    act.act = act
    expect(actorChain(act)).toHaveLength(MAX_ACTOR_DEPTH)
  })
})
