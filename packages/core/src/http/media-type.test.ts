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
    ['a semicolon without a parameter', 'application/json;', 'application/json'],
    ['blanks around', ' \tapplication/json\t ; a=b', 'application/json'],
    ['a structured suffix', 'application/token-introspection+jwt', 'application/token-introspection+jwt'],
  ])('reads %s', (_, field, mediaType) => {
    expect(parseMediaType(field)).toBe(mediaType)
  })

  test.each([
    ['an undefined field', null],
    ['a null field', undefined],
    ['the empty field', ''],
    ['a type without a subtype', 'application'],
    ['an empty subtype', 'application/'],
    ['an empty type', '/json'],
    ['two slashes', 'application/json/x'],
    ['two fields joined by a comma', 'text/html, application/json'],
    ['blanks inside', 'application/ json'],
    ['a parameter without a semicolon', 'application/json charset=utf-8'],
    ['a line break', 'application/json\n'],
    ['a byte order mark', '\ufeffapplication/json'],
  ])('refuses %s', (_, field) => {
    expect(parseMediaType(field)).toBeUndefined()
  })
})

describe('chooseMediaType', () => {
  test.each([
    ['the preferred type when the field is undefined', null, json],
    ['the preferred type when the field is null', undefined, json],
    ['the preferred type for an empty field', '', json],
    ['the preferred type for a blank field', ' \t', json],
    ['the preferred type for an empty list', ' , ,', json],
    ['the preferred type for */*', '*/*', json],
    ['the preferred type for a lone asterisk', '*', json],
    [
      'the preferred type for the field that JDK 8 to 18 send',
      'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
      json,
    ],
    ['the preferred type when a weight lacks its first digit', `${json};q=.1, ${jwt};q=.2`, jwt],
    ['the preferred type for a range that covers both', 'application/*', json],
    ['the named type', jwt, jwt],
    ['the named type in any case', 'Application/Token-Introspection+JWT', jwt],
    ['the type with the higher weight', `${json};q=0.5, ${jwt};q=0.6`, jwt],
    ['the preferred type when weights are equal', `${jwt}, ${json}`, json],
    ['the type that q=0 does not exclude', `${json};q=0, */*`, jwt],
    ['by the most specific range, in any order', `application/*;q=1, */*;q=0.9, ${json};q=0.1`, jwt],
    ['by the highest weight among equal ranges', `${json};q=0.1, ${jwt};q=0.5, ${json};q=0.9`, json],
    ['by a weight with blanks around it', `${json} ; q=0.1 , ${jwt} ;\tq=0.2`, jwt],
    ['by a weight with an upper-case Q', `${json};Q=0.1, ${jwt};Q=0.2`, jwt],
    ['by a weight after other parameters', `${json};charset=utf-8;q=0.1, ${jwt};q=0.2`, jwt],
    ['the type that remains when the field only excludes', `${json};q=0`, jwt],
    ['and ignores a comma in a quoted parameter', `${json};a="b,c";q=0, ${jwt};q=0.1`, jwt],
    ['and ignores a weight in a quoted parameter', `${json};a=";q=0", ${jwt};q=0.1`, json],
    ['and ignores an escaped quote', `${json};a="\\",";q=0.1, ${jwt};q=0.2`, jwt],
    ['and ignores an element whose weight breaks the grammar', `${jwt};q=9, ${json};q=0.1`, json],
    ['and ignores an element whose weight has too many digits', `${jwt};q=0.9999, ${json};q=0.1`, json],
    ['by the wider range when the weight of the exact one is broken', `${json};q=high, */*;q=0.1`, json],
    ['and ignores garbage', `;;, "",\\, ${jwt}`, jwt],
  ])('JWT-31 chooses %s', (_, accept, chosen) => {
    expect(chooseMediaType(accept, offered)).toBe(chosen)
  })

  test.each([
    ['another type', 'text/html'],
    ['a type that only begins with an offered type', 'application/json-seq'],
    ['a type that only ends with an offered type', 'application/jwt'],
    ['a range of another type', 'text/*'],
    ['a range of a form that HTTP does not have', '*/json'],
    ['a word after an asterisk', '*json'],
    ['a lone asterisk with no weight', '*;q=0'],
    ['a weight that is only a point', `${json};q=.`],
    ['a field that excludes everything', '*/*;q=0'],
    ['a field that excludes all offered types', `${json};q=0, ${jwt};q=0.000`],
    ['a field that excludes all offered types and names another', `${json};q=0, text/html`],
    ['a word that is not a media type', 'json'],
    ['a lone broken weight', `${json};q=high`],
    ['a quote that is never closed', `text/html;a=", ${json}`],
  ])('chooses nothing for %s', (_, accept) => {
    expect(chooseMediaType(accept, offered)).toBeUndefined()
  })

  test('chooses nothing when nothing is offered', () => {
    expect(chooseMediaType('*/*', [])).toBeUndefined()
  })
})
