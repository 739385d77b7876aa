import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeTargetUri } from './normalize-target-uri.ts'

/** The path with some of its characters percent-escaped. */
function spell(path: string, which: readonly boolean[]): string {
  return path.replaceAll(/[A-Za-z0-9~_-]/g, (character, index: number) =>
    which[index % which.length] === true ? `%${character.charCodeAt(0).toString(16)}` : character,
  )
}

describe('normalizeTargetUri', () => {
  test.each([
    ['case of scheme and host', 'HTTPS://API.Example/a', 'https://api.example/a'],
    ['the default port of https', 'https://api.example:443/a', 'https://api.example/a'],
    ['the default port of http', 'http://api.example:80/a', 'http://api.example/a'],
    ['an empty path', 'https://api.example', 'https://api.example/'],
    ['dot segments', 'https://api.example/x/./y/../../a', 'https://api.example/a'],
    ['escaped dot segments', 'https://api.example/x/%2e%2E/a', 'https://api.example/a'],
    ['escapes of characters that need none', 'https://api.example/%61%7Eb%2D', 'https://api.example/a~b-'],
    ['the case of escapes', 'https://api.example/a%2fb%c3%a9', 'https://api.example/a%2Fb%C3%A9'],
    ['query and fragment', 'https://api.example/a?b=/c#d?e', 'https://api.example/a'],
    ['several differences at once (DPOP-10)', 'https://API.example:443/a/%7Eb/../c', 'https://api.example/a/c'],
  ])('ignores %s', (_, uri, normal) => {
    expect(normalizeTargetUri(uri)).toBe(normal)
  })

  test.each([
    ['a slash at the end', 'https://api.example/a', 'https://api.example/a/'],
    ['an empty segment', 'https://api.example/a/b', 'https://api.example/a//b'],
    ['an escaped slash', 'https://api.example/a/b', 'https://api.example/a%2Fb'],
    ['the case of a path', 'https://api.example/a', 'https://api.example/A'],
    ['another port', 'https://api.example/a', 'https://api.example:8443/a'],
    ['another scheme', 'https://api.example/a', 'http://api.example/a'],
    ['a longer host', 'https://api.example/a', 'https://api.example.evil/a'],
    ['an escaped percent sign', 'https://api.example/a%2541', 'https://api.example/aA'],
    ['two slashes that look like the start of a host', 'https://api.example//evil.example/a', 'https://evil.example/a'],
  ])('does not ignore %s', (_, one, other) => {
    expect(normalizeTargetUri(one)).toBeDefined()
    expect(normalizeTargetUri(one)).not.toBe(normalizeTargetUri(other))
  })

  test.each([
    undefined,
    null,
    42,
    ['https://api.example/'],
    '',
    '/a',
    'api.example/a',
    'https://',
    'ftp://api.example/a',
    'javascript:alert(1)',
    'https://user@api.example/a',
    'https://:secret@api.example/a',
    'https://api.example\\@evil.example/',
    'https://api.example/a b',
    'https://api.example/a\n',
    ' https://api.example/a',
    'https://api.example/é',
    'https://api.example/%',
    'https://api.example/%4',
    'https://api.example/%zz',
  ])('returns undefined for %j', (uri) => {
    expect(normalizeTargetUri(uri)).toBeUndefined()
  })

  test('does not change a URI that is already normalized', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (uri) => {
        const normal = normalizeTargetUri(uri)
        if (normal !== undefined) expect(normalizeTargetUri(normal)).toBe(normal)
      }),
    )
  })

  test('gives one form for all spellings of a path, and different forms for different paths', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9~_-]{1,8}$/)
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 4 }),
        fc.array(segment, { maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 1 }),
        (one, other, which) => {
          const [path, otherPath] = [`/${one.join('/')}`, `/${other.join('/')}`]
          const normal = normalizeTargetUri(`https://api.example${path}`)
          expect(normalizeTargetUri(`HTTPS://Api.Example:443${spell(path, which)}?${otherPath}`)).toBe(normal)
          expect(normal === normalizeTargetUri(`https://api.example${spell(otherPath, which)}`)).toBe(
            path === otherPath,
          )
        },
      ),
    )
  })
})
