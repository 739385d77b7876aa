import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createRedisScript, runRedisScript } from './redis-script.ts'

const TEXT = 'return {KEYS[1], ARGV[1], ARGV[2]}'
const DIGEST = createHash('sha1').update(TEXT).digest('hex')

/** A server that knows the scripts it was sent, and what it was sent. */
function createServer(fail?: (name: string) => unknown) {
  const known = new Set<string>()
  const sent: [string, ...string[]][] = []
  const send = (name: string, args: string[]): Promise<unknown> => {
    sent.push([name, ...args])
    const [script = ''] = args
    const error = fail?.(name)
    // A client of your own may reject with something else than an error.
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (error !== undefined) return Promise.reject(error)
    if (name === 'EVAL') known.add(createHash('sha1').update(script).digest('hex'))
    else if (!known.has(script)) return Promise.reject(new Error('NOSCRIPT No matching script. Please use EVAL.'))
    return Promise.resolve('done')
  }
  return { send, sent, known }
}

describe('runRedisScript', () => {
  test('sends the text to a server that does not know the script, and from then on its digest', async () => {
    const { send, sent, known } = createServer()
    const script = createRedisScript(TEXT)
    for (let times = 0; times < 2; times++) expect(await runRedisScript(send, script, ['key'], ['a', 7])).toBe('done')
    const rest = ['1', 'key', 'a', '7']
    expect(sent).toEqual([
      ['EVALSHA', DIGEST, ...rest],
      ['EVAL', TEXT, ...rest],
      ['EVALSHA', DIGEST, ...rest],
    ])
    // As after a restart.
    known.clear()
    await runRedisScript(send, script, ['key'])
    expect(sent.slice(3).map(([name]) => name)).toEqual(['EVALSHA', 'EVAL'])
  })

  test('counts the keys, so that a cluster can tell them from values', async () => {
    const { send, sent } = createServer()
    await runRedisScript(send, createRedisScript(TEXT), ['a', 'b'])
    await runRedisScript(send, createRedisScript(TEXT), [], ['a'])
    expect(sent.filter(([name]) => name === 'EVALSHA')).toEqual([
      ['EVALSHA', DIGEST, '2', 'a', 'b'],
      ['EVALSHA', DIGEST, '0', 'a'],
    ])
  })

  test.each([
    ['another error of the server', 'EVALSHA', new Error('READONLY You can not write against a read only replica.')],
    ['an error that only contains the word', 'EVALSHA', new Error('ERR NOSCRIPT')],
    ['text that is not an error', 'EVALSHA', 'NOSCRIPT'],
    ['an error of the text', 'EVAL', new Error('NOSCRIPT of a script that calls another')],
  ])('rejects with %s, and does not try again', async (_, failing, error) => {
    const { send, sent } = createServer((name) => (name === failing ? error : undefined))
    await expect(runRedisScript(send, createRedisScript(TEXT), ['key'])).rejects.toBe(error)
    expect(sent.filter(([name]) => name === failing)).toHaveLength(1)
  })

  test('computes the digest of a script once', async () => {
    const script = createRedisScript(TEXT)
    const digesting = script.digest()
    expect(script.digest()).toBe(digesting)
    expect(await digesting).toBe(DIGEST)
    // From then on without a promise.
    expect(script.digest()).toBe(DIGEST)
  })
})
