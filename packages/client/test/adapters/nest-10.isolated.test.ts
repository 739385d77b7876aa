/** Every test of the adapter for Nest again, on the oldest Nest that it works with. */
import type * as Core from '@nestjs/core'
import { expect, test, vi } from 'vitest'
import type * as Frameworks from './guard-frameworks.ts'

// Nest 10 is installed in a package of its own, because the packages of Nest need each other.
const load = vi.hoisted(() => {
  const { createRequire } = process.getBuiltinModule('node:module')
  return createRequire(new URL('../nest-10/package.json', import.meta.url)) as (name: string) => object
})

vi.mock('@nestjs/common', () => load('@nestjs/common'))
vi.mock('@nestjs/core', () => load('@nestjs/core'))
vi.mock('@nestjs/core/helpers/execution-context-host.js', () => load('@nestjs/core/helpers/execution-context-host.js'))
vi.mock('@nestjs/platform-express', () => load('@nestjs/platform-express'))
vi.mock('@nestjs/platform-fastify', () => load('@nestjs/platform-fastify'))
vi.mock('./guard-frameworks.ts', async (original) => {
  const { frameworks } = await original<typeof Frameworks>()
  // Fastify 4.18, on which it builds, describes a body that it does not send.
  const onFastify = { fieldsOf204: { 'content-type': ['application/json; charset=utf-8'], 'content-length': ['31'] } }
  const ofNest = frameworks
    .filter(({ name }) => name.startsWith('Nest'))
    .map((framework) => ({ ...framework, ...(framework.name.includes('Fastify') && onFastify) }))
  return { frameworks: ofNest }
})

await import('./guards.test.ts')
await import('./guard-nest.test.ts')
await import('./nest-module.test.ts')

test('the tests of this file run on Nest 10', async () => {
  const { NestFactory } = await import('@nestjs/core')
  expect((load('@nestjs/core') as typeof Core).NestFactory).toBe(NestFactory)
})
