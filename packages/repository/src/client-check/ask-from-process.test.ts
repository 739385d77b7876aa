import { expect, test } from 'vitest'
import { askFromProcess } from './ask-from-process.ts'
import { expectedOn } from './expected-outcomes.ts'
import type { SmokeServer } from './smoke-server.ts'

const server: SmokeServer = {
  output: () => '',
  stop: () => Promise.resolve(),
  input: { server: '', tls: { server: '', ca: '' }, closed: '', clientSecret: '', privateKey: { kty: 'EC' } },
}
/** A program that prints the expected outcome of each title in its input. */
const tellAll = `const outcomes = new Map(${JSON.stringify(expectedOn('node').map(({ title, outcome }) => [title, outcome]))})
for (const title of JSON.parse(process.argv[1]).titles) console.log(JSON.stringify({ title, outcome: outcomes.get(title) }))
`

function ask(program: string): Promise<string[]> {
  const runtime = { kind: 'node', command: process.execPath, args: ['--eval', program] } as const
  return askFromProcess(runtime, import.meta.dirname, server)
}

test('accepts a program that prints the expected outcomes and ends', async () => {
  expect(await ask(tellAll)).toEqual([])
})

test.each([
  ['ends badly', `${tellAll}; process.exitCode = 3`, 'ends with 3'],
  ['is killed', `${tellAll}; process.kill(process.pid, 'SIGKILL')`, 'ends with SIGKILL'],
  ['complains', `${tellAll}; console.error('Warning: x')`, 'writes Warning: x'],
])('reports a program that %s', async (_, program, problem) => {
  expect(await ask(program)).toEqual([problem])
})

test('reports a program that does not end', async () => {
  const [problem, ...others] = await ask(`${tellAll}; setTimeout(() => undefined, 3300)`)
  expect(problem).toMatch(/^still runs \d+ ms after the last case$/)
  expect(others).toEqual([])
})

test('reports a program that prints nothing', async () => {
  expect(await ask('')).toEqual(expectedOn('node').map(({ title }) => `${title}: not told`))
})
