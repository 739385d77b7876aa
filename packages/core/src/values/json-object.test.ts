import { describe, expect, test } from 'vitest'
import { MAX_JSON_DEPTH, parseJsonObject } from './json-object.ts'

const secret = 'dG9rZW4tc2VjcmV0'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

function nested(levels: number, open: string, close: string, inside: string): string {
  return open.repeat(levels) + inside + close.repeat(levels)
}

describe('parseJsonObject', () => {
  test.each([
    ['an empty object', '{}'],
    ['blanks everywhere', ' \t\r\n{ "a" \n:\t1 , "b":[ ] } '],
    ['one name in several objects', '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}'],
    ['names in different case', '{"active":true,"Active":false}'],
    ['names that differ by Unicode normalisation', '{"\u00e9":1,"e\u0301":2}'],
    ['colons and quotes inside strings', String.raw`{"a":"b\":\"c\":","\"d\":":"\\","e\\":":"}`],
    ['values that begin with a colon', '{"a":":","b":" :c","d":["e\\\":"]}'],
    ['backslashes before the closing quote', String.raw`{"a\\":"\\\\","b\\\"":"\\\""}`],
    ['names that look like numbers', '{"1":1,"0":0,"-1":-1}'],
    ['the empty name', '{"":1}'],
    ['values of every type', '{"a":null,"b":true,"c":-1.5e3,"d":"","e":[],"f":{}}'],
    ['names of object methods', '{"constructor":{"prototype":1},"toString":2,"hasOwnProperty":3}'],
    ['escaped surrogates, paired or not', String.raw`{"\ud83d\ude00":"\ud800"}`],
  ])('reads %s as JSON.parse does', (_, text) => {
    expect(parseJsonObject(text)).toEqual(JSON.parse(text))
  })

  test.each([
    ['nothing', ''],
    ['text that is cut short', `{"active":true,"sub":"${secret}`],
    ['an array', `[{"sub":"${secret}"}]`],
    ['a string', `"${secret}"`],
    ['a number', '1'],
    ['true', 'true'],
    ['null', 'null'],
    ['text after the object', `{"active":true}${secret}`],
    ['two objects', '{"active":false}{"active":true}'],
    ['a trailing comma', '{"active":true,}'],
    ['a comment', `{"active":true/*${secret}*/}`],
    ['single quotes', `{'active':'${secret}'}`],
    ['a raw line break in a string', `{"sub":"${secret}\n"}`],
    ['a byte order mark', '\ufeff{"active":true}'],
    ['a no-break space', '\u00a0{"active":true}'],
    ['NaN', '{"exp":NaN}'],
  ])('refuses %s without quoting it', (_, text) => {
    expect(() => parseJsonObject(text)).toThrow(malformed)
    expect(() => parseJsonObject(text)).not.toThrow(secret)
  })

  test.each([
    ['at the top level', '{"active":false,"active":true}'],
    ['with equal values', '{"active":true,"active":true}'],
    ['in an escaped spelling', String.raw`{"active":false,"\u0061ctive":true}`],
    ['in another escaped spelling', String.raw`{"a/b":1,"a\/b":2}`],
    ['after blanks', '{"active":false,"active" \n:true}'],
    ['in a nested object', `{"cnf":{"jkt":"${secret}","jkt":"x"}}`],
    ['in an array', '{"a":[1,[{"b":1,"b":2}]]}'],
    ['over an object with the same names', '{"a":{"b":1,"c":2},"a":{"b":1,"c":2}}'],
    ['over an object with other names', '{"a":1,"a":{"b":1,"c":2}}'],
    ['as an empty name', '{"":1,"":2}'],
    ['as a number', '{"1":1,"1":2}'],
    ['behind misleading quotes', String.raw`{"a":"\\\":","a":"\\"}`],
    ['beside a value that begins with a colon', '{"a":":","a":":"}'],
    ['after blanks, beside a value that begins with a colon', '{"a":1,"a" :":"}'],
    ['three times', '{"a":1,"a":2,"a":3}'],
  ])('refuses a duplicate name %s', (_, text) => {
    expect(() => parseJsonObject(text)).toThrow(malformed)
    expect(() => parseJsonObject(text)).not.toThrow(secret)
  })

  test.each([
    ['at the top level', '{"__proto__":{"active":true}}'],
    ['escaped', String.raw`{"\u005f_proto__":{"active":true}}`],
    ['in a nested object', '{"a":[{"__proto__":1}]}'],
    ['twice', '{"__proto__":1,"__proto__":2}'],
  ])('refuses the name __proto__ %s and changes no prototype', (_, text) => {
    expect(() => parseJsonObject(text)).toThrow(malformed)
    expect(({} as { active?: unknown }).active).toBeUndefined()
  })

  test.each([
    ['objects', '{"a":', '}', '1', MAX_JSON_DEPTH],
    ['empty objects', '{"a":', '}', '{}', MAX_JSON_DEPTH - 1],
    ['arrays', '[', ']', '1', MAX_JSON_DEPTH - 1],
  ])('limits the depth of nested %s', (kind, open, close, inside, levels) => {
    const wrap = (text: string) => (kind === 'arrays' ? `{"a":${text}}` : text)
    expect(() => parseJsonObject(wrap(nested(levels, open, close, inside)))).not.toThrow()
    expect(() => parseJsonObject(wrap(nested(levels + 1, open, close, inside)))).toThrow(malformed)
  })

  test.each([
    ['objects', '{"a":', '}'],
    ['arrays', '{"a":[', ']}'],
    ['arrays that are never closed', '{"a":[', ''],
  ])('refuses 100,000 nested %s without a stack overflow', (_, open, close) => {
    expect(() => parseJsonObject(nested(100_000, open, close, '1'))).toThrow(malformed)
  })
})
