import { describe, expect, test } from 'vitest'
import { chooseMediaType, JSON_MEDIA_TYPE, JWT_INTROSPECTION_MEDIA_TYPE, parseMediaType } from './media-type.ts'

const json = JSON_MEDIA_TYPE
const jwt = JWT_INTROSPECTION_MEDIA_TYPE
const offered = [json, jwt] as const

describe('parseMediaType', () => {
  test.each([
    ['the type alone', 'application/json', 'application/json'],
    ['any case', 'Application/JSON', 'application/json'],
    ['parameters', 'application/json; charset="utf-8"', 'application/json'],
    ['a semicolon with nothing behind', 'application/json;', 'application/json'],
    ['blanks around', ' \tapplication/json\t ; a=b', 'application/json'],
    ['a structured suffix', 'application/token-introspection+jwt', 'application/token-introspection+jwt'],
  ])('reads %s', (_, field, mediaType) => {
    expect(parseMediaType(field)).toBe(mediaType)
  })

  test.each([
    ['no field', null],
    ['no field at all', undefined],
    ['the empty field', ''],
    ['a type without a subtype', 'application'],
    ['an empty subtype', 'application/'],
    ['an empty type', '/json'],
    ['two slashes', 'application/json/x'],
    ['two fields joined by a comma', 'text/html, application/json'],
    ['blanks inside', 'application/ json'],
    ['words behind', 'application/json charset=utf-8'],
    ['a line break', 'application/json\n'],
    ['a byte order mark', '\ufeffapplication/json'],
  ])('refuses %s', (_, field) => {
    expect(parseMediaType(field)).toBeUndefined()
  })
})

describe('chooseMediaType', () => {
  test.each([
    ['the preferred one without a field', null, json],
    ['the preferred one without any field', undefined, json],
    ['the preferred one for an empty field', '', json],
    ['the preferred one for a blank field', ' \t', json],
    ['the preferred one for an empty list', ' , ,', json],
    ['the preferred one for everything', '*/*', json],
    ['the preferred one for a lone asterisk', '*', json],
    ['the preferred one for what JDK 8 to 18 send', 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', json],
    ['with a weight that lacks its first digit', `${json};q=.1, ${jwt};q=.2`, jwt],
    ['the preferred one for a range of both', 'application/*', json],
    ['the named one', jwt, jwt],
    ['the named one in any case', 'Application/Token-Introspection+JWT', jwt],
    ['the heavier one', `${json};q=0.5, ${jwt};q=0.6`, jwt],
    ['the preferred one of equals', `${jwt}, ${json}`, json],
    ['the one a range leaves', `${json};q=0, */*`, jwt],
    ['by the most specific range, wherever it stands', `application/*;q=1, */*;q=0.9, ${json};q=0.1`, jwt],
    ['by the heaviest of equal ranges', `${json};q=0.1, ${jwt};q=0.5, ${json};q=0.9`, json],
    ['with blanks around the weight', `${json} ; q=0.1 , ${jwt} ;\tq=0.2`, jwt],
    ['with an upper-case weight', `${json};Q=0.1, ${jwt};Q=0.2`, jwt],
    ['with parameters before the weight', `${json};charset=utf-8;q=0.1, ${jwt};q=0.2`, jwt],
    ['what is left when the field only excludes', `${json};q=0`, jwt],
    ['past a comma in a quoted parameter', `${json};a="b,c";q=0, ${jwt};q=0.1`, jwt],
    ['past a weight in a quoted parameter', `${json};a=";q=0", ${jwt};q=0.1`, json],
    ['past an escaped quote', `${json};a="\\",";q=0.1, ${jwt};q=0.2`, jwt],
    ['past a weight that breaks the grammar', `${jwt};q=9, ${json};q=0.1`, json],
    ['past a weight of too many digits', `${jwt};q=0.9999, ${json};q=0.1`, json],
    ['past a broken weight, by the wider range', `${json};q=high, */*;q=0.1`, json],
    ['past garbage', `;;, "",\\, ${jwt}`, jwt],
  ])('JWT-31 chooses %s', (_, accept, chosen) => {
    expect(chooseMediaType(accept, offered)).toBe(chosen)
  })

  test.each([
    ['another type', 'text/html'],
    ['a type that only begins like ours', 'application/json-seq'],
    ['a type that only ends like ours', 'application/jwt'],
    ['a range of another type', 'text/*'],
    ['a range HTTP does not have', '*/json'],
    ['a word after an asterisk', '*json'],
    ['a lone asterisk with no weight', '*;q=0'],
    ['a weight of a point alone', `${json};q=.`],
    ['everything excluded', '*/*;q=0'],
    ['everything we have excluded', `${json};q=0, ${jwt};q=0.000`],
    ['everything we have excluded beside another type', `${json};q=0, text/html`],
    ['a word that is no type', 'json'],
    ['a lone broken weight', `${json};q=high`],
    ['a quote that is never closed', `text/html;a=", ${json}`],
  ])('finds nothing for %s', (_, accept) => {
    expect(chooseMediaType(accept, offered)).toBeUndefined()
  })

  test('chooses nothing when nothing is offered', () => {
    expect(chooseMediaType('*/*', [])).toBeUndefined()
  })
})
