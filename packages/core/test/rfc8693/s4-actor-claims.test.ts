import { describe, expect, test } from 'vitest'
import { actorChain, MAX_ACTOR_DEPTH, parseIntrospectionResponse } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

function active(members: object) {
  const response = parseIntrospectionResponse({ active: true, sub: 'user@example.com', ...members })
  if (!response.active) throw new Error('unreachable: the response says active')
  return response
}

function nested(depth: number): unknown {
  let act: object = { sub: 'first' }
  for (let level = 1; level < depth; level++) act = { sub: `${level}`, act }
  return act
}

describe('RFC 8693 §4.1', () => {
  const history = { sub: 'https://service16.example.com', act: { sub: 'https://service77.example.com' } }

  test('EXT-01 reads an actor and the actor before it', () => {
    expect(active({ act: history }).act).toEqual(history)
  })

  test.each(['admin', ['admin'], 5, true, { sub: 5 }, { act: 'admin' }, { act: { act: [] } }])(
    'EXT-01 refuses %j as an actor',
    (act) => {
      expect(() => active({ act })).toThrow(malformed)
    },
  )

  test('EXT-02 lists the current actor first, so that nobody mistakes an earlier actor for it', () => {
    const [current, ...before] = actorChain(active({ act: history }).act)
    expect(current?.sub).toBe('https://service16.example.com')
    expect(before.map((actor) => actor.sub)).toEqual(['https://service77.example.com'])
  })

  test.each(['act', 'may_act'])('EXT-03 does not check exp, nbf and aud inside %s', (member) => {
    const actor = { sub: 'admin', exp: 'never', nbf: -1, aud: 5 }
    expect(active({ [member]: actor })[member]).toEqual(actor)
  })

  test('EXT-05 refuses a chain of 10,000 actors, without a stack overflow', () => {
    expect(() => active({ act: nested(10_000) })).toThrow(malformed)
    expect(() => active({ act: nested(MAX_ACTOR_DEPTH + 1) })).toThrow(malformed)
    expect(actorChain(active({ act: nested(MAX_ACTOR_DEPTH) }).act)).toHaveLength(MAX_ACTOR_DEPTH)
  })
})

describe('RFC 8693 §4.4', () => {
  test('EXT-04 reads may_act, and does not treat that party as the actor', () => {
    const response = active({ may_act: { sub: 'admin@example.com' } })
    expect(response.may_act).toEqual({ sub: 'admin@example.com' })
    expect(actorChain(response.act)).toEqual([])
  })

  test.each(['admin', ['admin'], 5, null, { sub: ['admin'] }])('EXT-04 refuses %j as may_act', (mayAct) => {
    expect(() => active({ may_act: mayAct })).toThrow(malformed)
  })
})
