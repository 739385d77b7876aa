import { describe, expect, test } from 'vitest'
import { OptionGroup } from '../options/option-group.ts'
import { readRedisClient } from './redis-client.ts'

function read(options: object) {
  return readRedisClient(new OptionGroup('', options, ['client']))
}

describe('readRedisClient', () => {
  test('sends the name of a command as the first argument to a client that has no call()', async () => {
    const sent: string[][] = []
    const client = {
      sendCommand(args: string[]) {
        sent.push(args)
        return Promise.resolve(2)
      },
    }
    expect(await read({ client })('DEL', ['a', 'b'])).toBe(2)
    expect(sent).toEqual([['DEL', 'a', 'b']])
  })

  test('calls a client that has both, because sendCommand() of ioredis takes something else', async () => {
    const called: [string, string[]][] = []
    const client = {
      call: (name: string, args: string[]) => Promise.resolve(called.push([name, args])),
      sendCommand: () => Promise.reject(new TypeError('not a command')),
    }
    await read({ client })('DEL', ['a'])
    expect(called).toEqual([['DEL', ['a']]])
  })

  test('calls the methods on the client itself', async () => {
    class Caller {
      readonly reply = 'OK'
      call() {
        return Promise.resolve(this.reply)
      }
    }
    class Sender {
      readonly reply = 'OK'
      sendCommand() {
        return Promise.resolve(this.reply)
      }
    }
    for (const client of [new Caller(), new Sender()]) expect(await read({ client })('PING', [])).toBe('OK')
  })

  test.each([
    ['is missing', {}],
    ['is null', { client: null }],
    ['is a URL', { client: 'redis://127.0.0.1' }],
    ['has neither method', { client: { get: () => undefined } }],
  ])('refuses a client that %s', (_, options) => {
    expect(() => read(options)).toThrow(TypeError)
    expect(() => read(options)).toThrow(/^client: /)
  })
})
