/** Tests of the diagnostics channel in child processes, because an uncaught error would end this process. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const cwd = fileURLToPath(new URL('../..', import.meta.url))

const script = (subscriber: string) => `
  import { subscribe } from 'node:diagnostics_channel'
  import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
  const uncaught = []
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => uncaught.push(event + ': ' + error.message))
  }
  let told = 0
  subscribe('token-introspection:client', (message) => {
    told += 1
    return (${subscriber})(message)
  })
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: { fetch: async () => Response.json({ active: true }) },
  })
  const { active } = await client.introspect('abc')
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  console.log(JSON.stringify({ active, told, uncaught }))
`

async function introspect(subscriber: string, conditions: readonly string[] = []): Promise<unknown> {
  const flags = conditions.map((condition) => `--conditions=${condition}`)
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '--eval', script(subscriber)], {
    cwd,
  })
  return JSON.parse(stdout)
}

test.each([
  ['throws', '() => { throw new Error("subscriber") }', ['uncaughtException: subscriber']],
  ['rejects', 'async () => { throw new Error("subscriber") }', ['unhandledRejection: subscriber']],
  [
    'changes the message',
    '(message) => { "use strict"; message.active = false }',
    [expect.stringContaining('uncaughtException: ')],
  ],
  ['does nothing', '() => undefined', []],
])(
  'a subscriber that %s changes no answer, and Node reports its error to the process',
  async (_, subscriber, uncaught) => {
    expect(await introspect(subscriber)).toEqual({ active: true, told: 1, uncaught })
  },
)

test('sends nothing on platforms other than Node', async () => {
  expect(await introspect('() => undefined', ['workerd'])).toEqual({ active: true, told: 0, uncaught: [] })
})
