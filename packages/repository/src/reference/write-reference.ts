/** Writes the generated pages of the documentation: the options and the events of both sides, and every exported name. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../workspace/workspace.ts'
import { logEvents as logClientEvents } from '@token-introspection/client'
import { logEvents as logHandlerEvents } from '@token-introspection/server'
import { placesOf, writeApiPages } from './api-pages.ts'
import { type EventSide, writeEventsPage } from './events-page.ts'
import { Modules } from './modules.ts'
import { optionsRoots, writeOptionsPage } from './options-page.ts'
import { publicEntries } from './public-entries.ts'

const REFERENCE = join(ROOT, 'docs/reference')

const entries = publicEntries()
const modules = new Modules(
  (path) => readFileSync(join(ROOT, path), 'utf8'),
  new Map(entries.map(({ name, path }) => [name, path])),
)

for (const [folder, side] of [
  ['client', 'Options of resource servers'],
  ['server', 'Options of authorization servers'],
] as const) {
  // The options of the presets are on the page about providers.
  const own = entries.filter((entry) => entry.folder === folder && entry.subpath !== 'providers')
  writeFileSync(join(REFERENCE, `${folder}-options.md`), writeOptionsPage(side, optionsRoots(own, modules), modules))
}

const SIDES: readonly EventSide[] = [
  {
    title: 'Events of the client',
    intro:
      'The option `onEvent` of `IntrospectionClient`, and subscribers of the diagnostics channel `token-introspection:client`, get them. A guarded request causes two: one for the call and one for the decision.',
    path: 'packages/client/src/index.ts',
    unions: new Map([['IntrospectionClient', 'IntrospectionClientEvent']]),
    logEvents: logClientEvents,
  },
  {
    title: 'Events of the handlers',
    intro: 'The option `onEvent` of each handler gets its events: one for each answered request, and others beside it.',
    path: 'packages/server/src/index.ts',
    unions: new Map([
      ['createIntrospectionHandler', 'IntrospectionHandlerEvent'],
      ['createRevocationHandler', 'RevocationHandlerEvent'],
      ['createRevocationFeedHandler', 'RevocationFeedEvent'],
      ['createClientAuthenticator', 'ClientAuthenticatorEvent'],
    ]),
    logEvents: logHandlerEvents,
  },
]
const places = new Map(
  SIDES.map(({ path }) => {
    const entry = entries.find((candidate) => candidate.path === path)
    return [path, entry === undefined ? new Map<string, string>() : placesOf(entry, modules)]
  }),
)
writeFileSync(
  join(REFERENCE, 'events.md'),
  writeEventsPage(SIDES, modules, (side, name) => {
    const place = places.get(side.path)?.get(name)
    return place === undefined ? undefined : `api/${place}`
  }),
)

const api = writeApiPages(entries, modules)
rmSync(join(REFERENCE, 'api'), { recursive: true, force: true })
for (const { path, text } of api) {
  const file = join(REFERENCE, 'api', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
console.log(`reference: options and events of both sides, and ${api.length} pages of exported names`)
