import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ResponseMalformedError } from '../errors.ts'
import { withoutData } from './without-data.ts'

const SECRET = 'alice@example.com'

describe('withoutData', () => {
  test.each<[string, unknown, string]>([
    [
      'the command of ioredis',
      Object.assign(new Error("OOM command not allowed when used memory > 'maxmemory'."), {
        command: { name: 'SET', args: ['key', `{"username":"${SECRET}"}`] },
      }),
      'OOM command not allowed when used memory >…',
    ],
    [
      'the arguments that Redis quotes',
      new Error(`ERR unknown command 'SETT', with args beginning with: 'key' '{"username":"${SECRET}"}'`),
      'ERR unknown command…',
    ],
    [
      'the row that PostgreSQL refused',
      Object.assign(new Error('new row for relation "introspection_tokens" violates check constraint "x"'), {
        code: '23514',
        detail: `Failing row contains (digest, {"username":"${SECRET}"}).`,
      }),
      'new row for relation…',
    ],
    [
      'the text that is not JSON',
      new SyntaxError(`Unexpected token 'a', "${SECRET}" is not valid JSON`),
      'Unexpected token…',
    ],
    ['a second line', new Error(`failed\n${SECRET}`), 'failed…'],
    ['a cause', new Error('failed', { cause: Object.assign(new Error(`"${SECRET}"`), { args: [SECRET] }) }), 'failed'],
    ['a cause that is not an error', new Error('failed', { cause: SECRET }), 'failed'],
    ['a text that was thrown', SECRET, 'the thrown value is not an Error: string'],
    ['an object that was thrown', { SECRET }, 'the thrown value is not an Error: object'],
    ['a code with a secret', Object.assign(new Error('failed'), { code: `${SECRET} failed` }), 'failed'],
    ['a name with a secret', Object.assign(new Error('failed'), { name: `${SECRET} failed` }), 'failed'],
  ])('leaves out %s', (_, thrown, message) => {
    const error = withoutData(thrown)
    expect(error.message).toBe(message)
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('alice')
  })

  test('keeps the name, the code, the message, the stack, and the same of the cause', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' })
    const thrown = new TypeError('fetch failed', { cause })
    const error = withoutData(thrown)
    expect(error).toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:6379' },
    })
    expect(error.stack).toContain('without-data.test.ts')
  })

  test('limits the length of foreign messages', () => {
    let thrown = new Error('x'.repeat(10_000))
    for (let depth = 0; depth < 100; depth++) thrown = new Error('outer', { cause: thrown })
    let depth = 0
    for (let error: unknown = withoutData(thrown); error instanceof Error; error = error.cause) depth++
    expect(depth).toBe(5)
    expect(withoutData(new Error('x'.repeat(10_000))).message).toHaveLength(201)
  })

  test('does not change errors of these packages', () => {
    const error = new ResponseMalformedError('the body is not JSON')
    expect(withoutData(error)).toBe(error)
  })
})
