import { expect, test } from 'vitest'
import { askFromProcess } from './ask-from-process.ts'
import { expectedOn } from './expected-outcomes.ts'
import type { SmokeServer } from './smoke-server.ts'

const server: SmokeServer = {
  output: () => '',
  stop: () => Promise.resolve(),
  input: { server: '', tls: { server: '', ca: '' }, closed: '', clientSecret: '', privateKey: { kty: 'EC' } },
}
/** A program that tells what it should, by the titles it is handed. */
const tellAll = `const outcomes = new Map(${JSON.stringify(expectedOn('node').map(({ title, outcome }) => [title, outcome]))})
for (const title of JSON.parse(process.argv[1]).titles) console.log(JSON.stringify({ title, outcome: outcomes.get(title) }))
`

function ask(program: string): Promise<string[]> {
  const runtime = { kind: 'node', command: process.execPath, args: ['--eval', program] } as const
  return askFromProcess(runtime, import.meta.dirname, server)
}

test('has nothing against a program that tells what is expected and ends', async () => {
  expect(await ask(tellAll)).toEqual([])
})

test.each([
  ['ends badly', `${tellAll}; process.exitCode = 3`, 'ends with 3'],
  ['is killed', `${tellAll}; process.kill(process.pid, 'SIGKILL')`, 'ends with SIGKILL'],
  ['complains', `${tellAll}; console.error('Warning: x')`, 'writes Warning: x'],
])('sees a program that %s', async (_, program, problem) => {
  expect(await ask(program)).toEqual([problem])
})

test('sees a program that keeps running', async () => {
  const [problem, ...others] = await ask(`${tellAll}; setTimeout(() => undefined, 3300)`)
  expect(problem).toMatch(/^still runs \d+ ms after the last case$/)
  expect(others).toEqual([])
})

test('sees a program that tells nothing', async () => {
  expect(await ask('')).toEqual(expectedOn('node').map(({ title }) => `${title}: not told`))
})
