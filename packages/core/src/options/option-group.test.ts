import { describe, expect, test } from 'vitest'
import { OptionGroup } from './index.ts'

const secret = 'dG9rZW4tc2VjcmV0'
const bounds = { default: 5, min: 1, max: 10 }

function group(values: unknown): OptionGroup {
  return new OptionGroup('transport', values, ['option'])
}

describe('OptionGroup', () => {
  test('is empty when the caller leaves the group out', () => {
    expect(group(undefined).has('option')).toBe(false)
  })

  test.each([['text'], [5], [null], [[]], [true]])('refuses %j as a group', (values) => {
    expect(() => group(values)).toThrow(TypeError)
    expect(() => group(values)).toThrow('transport: ')
    expect(() => new OptionGroup('', values, [])).toThrow('options: ')
  })

  test('refuses an unknown name and says its path', () => {
    expect(() => group({ optoin: secret })).toThrow(TypeError)
    expect(() => group({ optoin: secret })).toThrow('transport.optoin')
    expect(() => group({ optoin: secret })).not.toThrow(secret)
    expect(() => new OptionGroup('', { toString: 1 }, ['option'])).toThrow('toString')
  })

  test.each([
    [
      'names the nearest option',
      'optoin',
      'transport.optoin: unknown option (did you mean option?); known here: option',
    ],
    ['names none that is not near', 'timeout', 'transport.timeout: unknown option; known here: option'],
  ])('%s for an unknown one', (_, name, message) => {
    expect(() => group({ [name]: secret })).toThrow(new TypeError(message))
  })

  test.each([
    [
      'a number',
      (options: OptionGroup) => options.number('option', bounds),
      '5',
      'a number from 1 to 10, not a string',
    ],
    ['a range', (options: OptionGroup) => options.number('option', bounds), 11, 'a number from 1 to 10, not 11'],
    ['an integer', (options: OptionGroup) => options.integer('option', bounds), 2.5, 'an integer, not 2.5'],
    ['a boolean', (options: OptionGroup) => options.boolean('option', true), 'true', 'true or false, not a string'],
    ['a string', (options: OptionGroup) => options.string('option'), '', 'a non-empty string, not an empty string'],
    [
      'a string',
      (options: OptionGroup) => options.string('option'),
      new URL('https://as.example.com'),
      'a non-empty string, not a URL object; give its href',
    ],
    [
      'a word',
      (options: OptionGroup) => options.oneOf('option', ['local', 'always'], 'local'),
      'locale',
      'one of local, always (did you mean local?)',
    ],
    [
      'a word',
      (options: OptionGroup) => options.oneOf('option', ['local', 'always'], 'local'),
      true,
      'one of local, always, not true',
    ],
    ['a function', (options: OptionGroup) => options.function('option'), {}, 'a function, not an object'],
    [
      'strings',
      (options: OptionGroup) => options.strings('option'),
      'a',
      'an array of non-empty strings, not a string',
    ],
    [
      'strings',
      (options: OptionGroup) => options.strings('option'),
      ['a', null],
      'an array of non-empty strings; [1] is null',
    ],
    [
      'a seam',
      (options: OptionGroup) => options.seam('option', 'get', 'set'),
      'a',
      'an object with get(), set(), not a string',
    ],
    [
      'a seam',
      (options: OptionGroup) => options.seam('option', 'get', 'put'),
      new Map(),
      'an object with get(), put(); this one has no put()',
    ],
    [
      'a seam',
      (options: OptionGroup) => options.seam('option', 'get'),
      Promise.resolve(new Map()),
      'an object with get(); await the promise first',
    ],
  ])('says what was given in place of %s', (_, read, option, complaint) => {
    expect(() => read(group({ option }))).toThrow(new TypeError(`transport.option: must be ${complaint}`))
  })

  test('says how to turn a group on, where true was given', () => {
    expect(() => group(true)).toThrow(new TypeError('transport: must be an object, not true; {} takes the defaults'))
  })

  test.each([
    ['a promise', Promise.resolve({ option: 7 }), 'await the promise'],
    ['a map', new Map([['option', 7]]), 'plain object'],
    ['parameters', new URLSearchParams('option=7'), 'plain object'],
    ['an object that inherits it', Object.create({ option: 7 }), 'inherits option'],
    [
      'a class that computes it',
      new (class {
        get option() {
          return 7
        }
      })(),
      'inherits option',
    ],
  ])('refuses %s, because its options would be missed', (_, values, complaint) => {
    expect(() => group(values)).toThrow(TypeError)
    expect(() => group(values)).toThrow(/^transport: /)
    expect(() => group(values)).toThrow(complaint)
  })

  test('reads own properties of objects of any class', () => {
    class Settings {
      option = 7
    }
    const bare = Object.assign(Object.create(null) as object, { option: 7 })
    const hidden = Object.defineProperty({}, 'option', { value: 7 })
    for (const values of [new Settings(), bare, hidden]) expect(group(values).number('option', bounds)).toBe(7)
    expect(() => group(Object.defineProperty({}, 'optoin', { value: 7 }))).toThrow('transport.optoin: ')
    expect(() => group(JSON.parse('{"__proto__":{"option":7}}'))).toThrow('transport.__proto__: ')
  })

  test('reads the values once', () => {
    const values = { option: 7 }
    const options = group(values)
    values.option = 8
    expect(options.number('option', bounds)).toBe(7)
  })

  test.each([
    [
      'a number',
      (options: OptionGroup) => options.number('option', bounds),
      [1, 2.5, 10],
      [0, 11, Number.NaN, '5', null],
    ],
    ['an integer', (options: OptionGroup) => options.integer('option', bounds), [1, 10], [0, 11, 2.5, Number.NaN, '5']],
    ['a boolean', (options: OptionGroup) => options.boolean('option', true), [true, false], [0, 'false', null]],
    ['a string', (options: OptionGroup) => options.string('option'), ['a'], ['', 5, null]],
    ['a word', (options: OptionGroup) => options.oneOf('option', ['a', 'b'], 'a'), ['a', 'b'], ['c', '', null, ['a']]],
    ['a function', (options: OptionGroup) => options.function('option'), [Object.keys], ['a', {}, null]],
    [
      'strings',
      (options: OptionGroup) => options.strings('option'),
      [['a', 'b'], []],
      ['a', [''], [5], {}, null, Array(1)],
    ],
  ])('reads %s, and refuses other values with the path', (_, read, good, bad) => {
    for (const option of good) expect(read(group({ option }))).toEqual(option)
    for (const option of bad) {
      expect(() => read(group({ option }))).toThrow(TypeError)
      expect(() => read(group({ option }))).toThrow('transport.option: ')
    }
  })

  test('gives the default for an option that is left out', () => {
    const options = group({ option: undefined })
    expect(options.number('option', bounds)).toBe(5)
    expect(options.integer('option', bounds)).toBe(5)
    expect(options.boolean('option', true)).toBe(true)
    expect(options.oneOf('option', ['a', 'b'], 'b')).toBe('b')
    for (const value of [options.string('option'), options.function('option'), options.strings('option')]) {
      expect(value).toBeUndefined()
    }
    expect(options.seam('option', 'get')).toBeUndefined()
  })

  test('returns a seam unchanged, with own or inherited methods, and names missing methods', () => {
    const store = new Map()
    expect(group({ option: store }).seam('option', 'get', 'set')).toBe(store)
    expect(() => group({ option: store }).seam('option', 'get', 'put')).toThrow('put()')
    expect(() => group({ option: null }).seam('option', 'get')).toThrow('transport.option: ')
  })

  test('copies and freezes a list', () => {
    const list = ['a']
    const strings = group({ option: list }).strings('option')
    list.push('b')
    expect(strings).toEqual(['a'])
    expect(Object.isFrozen(strings)).toBe(true)
  })

  test.each([
    [{ one: 1, other: 2 }, 'both are given'],
    [{}, 'neither is given'],
  ])('requires one of two options: %j', (values, found) => {
    const both = new OptionGroup('lookup', values, ['one', 'other'])
    expect(() => both.requireOneOf('one', 'other')).toThrow(
      new TypeError(`lookup.one: give either one or other; ${found}`),
    )
  })

  test('takes one of two options', () => {
    for (const name of ['one', 'other']) {
      const one = new OptionGroup('lookup', { [name]: 1 }, ['one', 'other'])
      expect(() => one.requireOneOf('one', 'other')).not.toThrow()
    }
  })

  test('never quotes a value', () => {
    const options = group({ option: secret })
    expect(() => options.number('option', bounds)).not.toThrow(secret)
    expect(() => options.boolean('option', true)).not.toThrow(secret)
    expect(() => options.oneOf('option', ['a'], 'a')).not.toThrow(secret)
    expect(() => options.strings('option')).not.toThrow(secret)
  })
})
