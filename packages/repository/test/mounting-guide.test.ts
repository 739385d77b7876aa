/** The handler of the guide to mounting, in each framework that listens by itself, as a reader puts them together. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFreePort } from '../../core/test/find-free-port.ts'
import { readGuideExample } from '../src/markdown/guide-example.ts'
import { ROOT } from '../src/workspace/workspace.ts'

const PAGE = 'run/mounting.md'
const directory = join(ROOT, 'packages/repository/.generated/mounting-guide')
const children: ChildProcess[] = []

beforeAll(() => {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
})

afterAll(() => children.forEach((child) => child.kill()))

test.each([
  ['Node', '/'],
  ['Express', '/introspect'],
  ['Fastify', '/oauth2/introspect'],
  ['Koa', '/introspect'],
])('%s answers a registered caller at the path of the guide', async (framework, path) => {
  const port = await findFreePort()
  const mount = readGuideExample(PAGE, framework)
  if (!mount.includes('8080')) throw new Error(`docs/${PAGE}: ${framework} does not listen at 8080`)
  const file = join(directory, `${framework.toLowerCase()}.ts`)
  const handler = readGuideExample(PAGE, 'Mount the introspection endpoint')
  writeFileSync(file, `${handler}${mount.replace('8080', `${port}`)}await serve(introspection)\n`)
  children.push(spawn(process.execPath, [file], { stdio: 'inherit' }))

  const ask = (method: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Basic ${btoa('orders-api:s3cr3t')}` },
      ...(method === 'POST' && { body: new URLSearchParams({ token: '2YotnFZFEjr1zCsicMWpAA' }) }),
    })
  await expect.poll(() => ask('GET').catch(() => undefined)).toMatchObject({ status: 405 })
  const answer = await ask('POST')
  expect([answer.status, await answer.json()]).toEqual([200, { active: false }])
})
