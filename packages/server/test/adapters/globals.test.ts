/** What the adapters change in the surrounding process when they are loaded and used. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ADAPTERS = ['node', 'express', 'fastify', 'koa', 'hono'].map((name) => `../../src/adapters/${name}.ts`)

/** Runs in a process of its own, which no framework and no test runner has changed. */
const PROGRAM = `
import { createServer, IncomingMessage, request, ServerResponse } from 'node:http'
const { Request, Response, Headers } = globalThis
const places = { globalThis, Request, Response, Headers, fetch, IncomingMessage, ServerResponse, process }
const look = () => Object.entries(places).flatMap(([place, holder]) =>
  [holder, holder.prototype ?? {}].flatMap((object) =>
    Reflect.ownKeys(object).map((key) => {
      const { value, get, set } = Object.getOwnPropertyDescriptor(object, key)
      return [place, key, value, get, set]
    })))
const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)])
// Some are made when they are first looked at.
look()
const before = look()
const listenedBefore = JSON.stringify(listeners())
const [{ createIntrospectionHandler, createMemoryTokenStore }, ...adapters] =
  await Promise.all(process.argv.slice(1).map((path) => import(path)))
const handler = createIntrospectionHandler({
  issuer: 'https://as.example.com',
  clientAuthentication: { protectedResources: [{ id: 'a', clientSecrets: ['0123456789abcdef'], audiences: ['urn:a'] }] },
  lookup: { store: createMemoryTokenStore() },
})
await handler(new Request('http://localhost/', { method: 'POST' }))
for (const adapter of adapters) for (const make of Object.values(adapter)) make(handler)
const server = createServer(adapters[0].toNodeHandler(handler)).listen(0)
await new Promise((resolve) => server.once('listening', resolve))
await new Promise((resolve) => {
  request({ port: server.address().port, method: 'POST' }, (response) => response.resume().on('end', resolve)).end()
})
server.close()
const same = (a, b) => a.length === b.length && a.every((element, index) => Object.is(element, b[index]))
const after = look()
const changed = after.filter((entry) => !before.some((known) => same(known, entry)))
const gone = before.filter((entry) => !after.some((known) => same(known, entry)))
console.log(JSON.stringify({
  changed: changed.map(([place, key]) => place + '.' + String(key)),
  gone: gone.map(([place, key]) => place + '.' + String(key)),
  listening: JSON.stringify(listeners()) !== listenedBefore,
  adapters: adapters.length,
}))
`

/** Where the schema library of core stores what its copies share. */
const REGISTRIES = ['globalThis.__zod_globalConfig', 'globalThis.__zod_globalRegistry']

test('the adapters change no global, no prototype and no listener of the process', async () => {
  const paths = ['../../src/index.ts', ...ADAPTERS].map((path) => new URL(path, import.meta.url).href)
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', PROGRAM, ...paths]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  expect(JSON.parse(stdout)).toEqual({ changed: REGISTRIES, gone: [], listening: false, adapters: ADAPTERS.length })
})
