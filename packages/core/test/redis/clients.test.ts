/** Commands and scripts reach a real Redis over the clients of both libraries. */
import { afterAll, describe, expect, test } from 'vitest'
import { openIoredis, ownKeyPrefix, REDIS_LIBRARIES } from '../../../server/test/databases/open-redis.ts'
import { startRedis } from '../../../server/test/databases/start-redis.ts'
import { OptionGroup } from '../../src/options/index.ts'
import {
  type CallableRedisClient,
  createRedisScript,
  readRedisClient,
  runRedisScript,
  type SendingRedisClient,
} from '../../src/redis/index.ts'

const server = await startRedis('the tests of Redis clients')
const url = server?.url ?? ''
afterAll(() => server?.stop())

/** How a store sends commands, and the names of what it sent. */
function read(client: CallableRedisClient | SendingRedisClient) {
  const send = readRedisClient(new OptionGroup('', { client }, ['client']))
  const names: string[] = []
  return { names, send: (name: string, args: string[]) => (names.push(name), send(name, args)) }
}

/** A script that no other test has, so the server does not know it. */
function createScript() {
  return createRedisScript(`-- ${ownKeyPrefix()}
redis.call('SET', KEYS[1], ARGV[1])
return {redis.call('GET', KEYS[1]), #KEYS, false, ARGV[2]}`)
}

describe.skipIf(server === undefined).each(REDIS_LIBRARIES)('a client of %s', (_, open) => {
  test('sends a command and gives the reply', async () => {
    const { send } = read(await open(url))
    const key = ownKeyPrefix()
    expect(await send('SET', [key, 'a\nb', 'EX', '60'])).toBe('OK')
    expect(await send('GET', [key])).toBe('a\nb')
    expect(await send('DEL', [key, `${key}other`])).toBe(1)
    expect(await send('GET', [key])).toBeNull()
  })

  test('sends the text of a script once, and from then on its digest', async () => {
    const { send, names } = read(await open(url))
    const script = createScript()
    const run = () => runRedisScript(send, script, [ownKeyPrefix()], ['value', 7])
    for (let times = 0; times < 3; times++) expect(await run()).toEqual(['value', 1, null, '7'])
    expect(names).toEqual(['EVALSHA', 'EVAL', 'EVALSHA', 'EVALSHA'])
  })

  test('sends the text again when the server has forgotten the script', async () => {
    const { send, names } = read(await open(url))
    const script = createScript()
    const run = () => runRedisScript(send, script, [ownKeyPrefix()], ['value', 7])
    await run()
    await send('SCRIPT', ['FLUSH'])
    names.length = 0
    expect(await run()).toEqual(['value', 1, null, '7'])
    expect(names).toEqual(['EVALSHA', 'EVAL'])
  })

  test('rejects with an error of a script, which ran once', async () => {
    const { send, names } = read(await open(url))
    const script = createRedisScript(`redis.call('INCR', KEYS[1]) return redis.error_reply('ERR ${ownKeyPrefix()}')`)
    const key = ownKeyPrefix()
    // Twice, so that both ways are taken.
    for (let times = 0; times < 2; times++) await expect(runRedisScript(send, script, [key])).rejects.toThrow('ERR')
    expect(names).toEqual(['EVALSHA', 'EVAL', 'EVALSHA'])
    expect(await send('GET', [key])).toBe('2')
  })
})

describe.skipIf(server === undefined)('a client that puts a prefix before keys', () => {
  test('puts it before the keys of scripts too, by digest and by text', async () => {
    const prefixed = read(await openIoredis(url, { keyPrefix: 'app:' }))
    const plain = read(await openIoredis(url))
    const script = createScript()
    for (const key of [ownKeyPrefix(), ownKeyPrefix()]) {
      await runRedisScript(prefixed.send, script, [key], ['value', 7])
      expect(await plain.send('GET', [`app:${key}`])).toBe('value')
    }
    expect(prefixed.names).toEqual(['EVALSHA', 'EVAL', 'EVALSHA'])
  })
})
