import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { failureOf, groupsOf, knownNames, leavesOf, namesOf, UNKNOWN } from '../src/option-walk/option-walk.ts'
import { targetsOf } from '../src/workspace/manifest.ts'
import { publicPackages, ROOT } from '../src/workspace/workspace.ts'
import { WALKS } from './option-walks/walks.ts'
import { WITHOUT_OPTIONS } from './option-walks/without-options.ts'

const entries = publicPackages().flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports ?? {}).map(([subpath, target]) => ({
    entry: `${folder}${subpath.slice(1)}`,
    path: join(ROOT, `packages/${folder}/${targetsOf({ target }).join()}`.replace('/./', '/')),
  })),
)
const walks = Object.entries(WALKS).flatMap(([entry, all]) =>
  all.map((walk) => ({ title: `${entry} ${walk.name}`, walk })),
)

/** The name with its third and fourth character exchanged, or one of them left out when they are the same. */
function misspell(name: string): string {
  const [third = '', fourth = ''] = name.slice(2, 4)
  return `${name.slice(0, 2)}${third === fourth ? third : fourth + third}${name.slice(4)}`
}

describe('options', () => {
  test.each(entries)('are tried for everything that $entry exports', async ({ entry, path }) => {
    const functions = Object.entries((await import(path)) as object).filter(
      ([name, value]) => typeof value === 'function' && !/^[A-Z]\w*Error$/.test(name),
    )
    const walked = (WALKS[entry] ?? []).map(({ name }) => name.replace(/[# ].*$/, ''))
    const without = WITHOUT_OPTIONS[entry]?.split(' ') ?? []
    expect([...new Set([...walked, ...without])].toSorted()).toEqual(functions.map(([name]) => name).toSorted())
  })

  test.each(walks)('of $title are accepted as written here', async ({ walk }) => {
    expect(await failureOf(walk, walk.options)).toBeUndefined()
  })

  test.each(walks)('of $title are refused with an unknown name', async ({ walk }) => {
    for (const { path, replace, value } of groupsOf(walk)) {
      const error = await failureOf(walk, replace({ ...(value as object), [UNKNOWN]: 1 }))
      expect(error, path).toBeInstanceOf(TypeError)
      const names = namesOf(walk, path === '' ? UNKNOWN : `${path}.${UNKNOWN}`)
      expect(names).toContain((error as Error).message.replace(/: .*$/s, ''))
    }
  })

  test.each(walks)('of $title are refused with a misspelt name, and the right one is named', async ({ walk }) => {
    for (const { path, replace, value } of groupsOf(walk)) {
      const unknown = (await failureOf(walk, replace({ ...(value as object), [UNKNOWN]: 1 }))) as Error
      const meant = knownNames(unknown.message).find((name) => name.length > 4)
      if (meant === undefined) continue
      const { message } = (await failureOf(walk, replace({ ...(value as object), [misspell(meant)]: 1 }))) as Error
      expect(message, path).toContain(`did you mean ${meant}?`)
    }
  })

  test.each(walks)('of $title are refused with a value of a wrong type', async ({ walk }) => {
    for (const { path, replace } of leavesOf(walk)) {
      const error = await failureOf(walk, replace(Symbol('wrong')))
      expect(error, path).toBeInstanceOf(TypeError)
      expect(
        namesOf(walk, path).some((name) => (error as Error).message.includes(name)),
        path,
      ).toBe(true)
    }
  })

  test.each(walks)('of $title are refused unless they are a plain object', async ({ walk }) => {
    const { options } = walk
    const names = Object.entries(options)
    for (const wrong of [
      Promise.resolve(options),
      new Map(names),
      Object.create(options),
      [options],
      'text',
      5,
      null,
    ]) {
      expect(await failureOf(walk, wrong)).toBeInstanceOf(TypeError)
    }
  })

  test('are tried in full, in every group', async () => {
    const walked = new Map<string, Set<string>>()
    const known = new Map<string, Set<string>>()
    for (const { title, walk } of walks.filter(({ walk: each }) => each.isPartial !== true)) {
      const name = title.replace(/ \(.*$/, '')
      for (const { path, replace, value } of groupsOf(walk)) {
        const error = (await failureOf(walk, replace({ ...(value as object), [UNKNOWN]: 1 }))) as Error | undefined
        const place = `${name}: ${path.replaceAll(/\[\d+\]/g, '[]')}`
        walked.set(place, new Set([...(walked.get(place) ?? []), ...Object.keys(value as object)]))
        known.set(place, new Set(knownNames(String(error?.message))))
      }
    }
    const missing = [...known].flatMap(([place, names]) =>
      [...names].filter((name) => !walked.get(place)?.has(name)).map((name) => `${place} ${name}`),
    )
    expect(missing.join('\n')).toBe('')
  })
})
