/** The program as a whole: help, misuse and exit codes. */
import { describe, expect, test } from 'vitest'
import { run } from '../../src/run.ts'
import { memorySurroundings } from '../memory-surroundings.ts'

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl'

describe('help', () => {
  test('is on standard output when it was asked for', async () => {
    const surroundings = memorySurroundings()
    expect(await run(['--help'], surroundings)).toBe(0)
    expect(surroundings.out()).toMatch(/^Usage: token-introspection/)
    expect(surroundings.err()).toBe('')
  })

  test('is on standard error without a command, which is misuse', async () => {
    const surroundings = memorySurroundings()
    expect(await run([], surroundings)).toBe(2)
    expect(surroundings.out()).toBe('')
    expect(surroundings.err()).toMatch(/^Usage: token-introspection/)
    expect(surroundings.err()).not.toContain('error:')
  })

  const COMMANDS = ['inspect', 'doctor', 'conformance', 'serve', 'issue', 'list', 'revoke']
  test.each(['', ...COMMANDS].flatMap((command) => [60, 80].map((columns) => ({ command, columns }))))(
    'of "$command" fits $columns columns',
    async ({ command, columns }) => {
      const surroundings = memorySurroundings({ columns, environment: { NO_COLOR: '1' } })
      expect(await run([...(command === '' ? [] : [command]), '--help'], surroundings)).toBe(0)
      expect(
        surroundings
          .out()
          .split('\n')
          .filter((line) => line.length > columns),
      ).toEqual([])
    },
  )

  test('has colours on a terminal only', async () => {
    const terminal = memorySurroundings({ columns: 80 })
    await run(['--help'], terminal)
    expect(terminal.out()).toContain('\u001b[1mUsage:')
    const pipe = memorySurroundings()
    await run(['--help'], pipe)
    expect(pipe.out()).not.toContain('\u001b')
  })

  test('names the exit codes', async () => {
    const surroundings = memorySurroundings()
    await run(['--help'], surroundings)
    expect(surroundings.out().replaceAll(/\s+/g, ' ')).toContain(
      '0 good, 1 the answer is no, 2 wrong command line, 3 it could not be done',
    )
  })
})

describe('misuse ends with 2', () => {
  test.each([
    ['an unknown command', ['srve'], /unknown command 'srve'\s+\(Did you mean serve\?\)/],
    ['an unknown option', ['serve', '--prt', '1'], /unknown option '--prt'\s+\(Did you mean --port\?\)/],
    ['a wrong number', ['serve', '--port', '70000'], /'70000' is invalid.*from 0\s+to 65535/s],
    ['a missing value', ['serve', '--port'], /'--port <number>' argument missing/],
    ['surplus arguments', ['list', TOKEN], /too many arguments/],
    ['a token instead of a command', [TOKEN], /unknown command …/],
    ['an unknown option with a secret', ['serve', `--foo=${TOKEN}`], /unknown option '--foo'/],
    ['a secret in the command line', ['serve', '--client-secret', TOKEN], /TOKEN_INTROSPECTION_CLIENT_SECRET/],
    ['an address that others can reach', ['serve', '--host', '0.0.0.0'], /--dangerously-allow-network/],
    ['claims that are no object', ['issue', '--claims', '[1]'], /--claims: must be a JSON object/],
    ['nothing to revoke', ['revoke'], /give identifiers, or exactly one of/],
    ['an identifier that is too short', ['revoke', 'abc'], /at least 6 letters/],
    ['no state directory', ['list'], /--state: is required/],
  ])('%s', async (what, args, message) => {
    const home = what === 'no state directory' ? { HOME: undefined } : {}
    const surroundings = memorySurroundings({ environment: home })
    expect(await run(args, surroundings)).toBe(2)
    expect(surroundings.out()).toBe('')
    expect(surroundings.err()).toMatch(message)
    expect(surroundings.err()).toMatch(/^error: /)
    expect(surroundings.err()).not.toContain(TOKEN)
  })

  test('and with --json one document says why', async () => {
    const surroundings = memorySurroundings()
    expect(await run(['serve', '--json', `--foo=${TOKEN}`], surroundings)).toBe(2)
    expect(JSON.parse(surroundings.out())).toEqual({ error: { kind: 'misuse', message: "unknown option '--foo'" } })
  })
})

test('what could not be done ends with 3, and with --json one document says why', async () => {
  const surroundings = memorySurroundings()
  expect(await run(['list', '--json', '--port', '9'], surroundings)).toBe(3)
  expect(JSON.parse(surroundings.out())).toEqual({
    error: { kind: 'unable', message: expect.stringContaining('token-introspection serve') as string },
  })
})
