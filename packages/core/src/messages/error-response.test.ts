import { describe, expect, test } from 'vitest'
import { buildErrorResponse, isErrorText, parseErrorResponse } from './error-response.ts'

const description = 'The request is missing a token.'

describe('isErrorText', () => {
  test.each(['invalid_request', 'a b', '!#[]~', "it's"])('accepts %j', (text) => {
    expect(isErrorText(text)).toBe(true)
  })

  test.each(['', 'a"b', 'a\\b', 'a\n', '\t', '\0', '\x7f', 'é', '\u2019'])('refuses %j', (text) => {
    expect(isErrorText(text)).toBe(false)
  })
})

describe('buildErrorResponse', () => {
  test('builds an error with a description or without', () => {
    expect(buildErrorResponse('invalid_client')).toEqual({ error: 'invalid_client' })
    expect(buildErrorResponse('invalid_request', description)).toEqual({
      error: 'invalid_request',
      error_description: description,
    })
  })

  test.each([
    ['no error', '', undefined],
    ['an error with a quote', 'invalid"', undefined],
    ['an empty description', 'invalid_request', ''],
    ['a description with a line break', 'invalid_request', 'a\nb'],
    ['a description outside ASCII', 'invalid_request', 'clé'],
  ])('refuses %s', (_, error, text) => {
    expect(() => buildErrorResponse(error, text)).toThrow(TypeError)
  })

  test('does not quote a value that it refuses', () => {
    expect(() => buildErrorResponse('invalid_client', 'the secret "hunter2" is wrong')).not.toThrow('hunter2')
  })
})

describe('parseErrorResponse', () => {
  test.each([
    ['an error', { error: 'invalid_client' }, { error: 'invalid_client' }],
    [
      'all three members',
      { error: 'e', error_description: description, error_uri: 'https://as/e' },
      { error: 'e', error_description: description, error_uri: 'https://as/e' },
    ],
    ['only the known members', { error: 'e', active: true, token: 'x' }, { error: 'e' }],
    ['no description of another type', { error: 'e', error_description: ['x'] }, { error: 'e' }],
    ['no description outside the grammar', { error: 'e', error_description: 'a\r\nb' }, { error: 'e' }],
    ['no empty description', { error: 'e', error_description: '' }, { error: 'e' }],
    ['no URI with characters outside the grammar', { error: 'e', error_uri: 'https://as/ e' }, { error: 'e' }],
    ['no URI of another type', { error: 'e', error_uri: null }, { error: 'e' }],
  ])('keeps %s', (_, body, error) => {
    expect(parseErrorResponse(body)).toStrictEqual(error)
  })

  test.each([
    ['an object without error', { error_description: description }],
    ['an empty error', { error: '' }],
    ['an error outside the grammar', { error: 'a"b' }],
    ['an error of another type', { error: { code: 5 } }],
    ['an introspection response', { active: false }],
    ['an array', [{ error: 'e' }]],
    ['a string', 'invalid_client'],
    ['null', null],
    ['undefined', undefined],
  ])('finds no error response in %s', (_, body) => {
    expect(parseErrorResponse(body)).toBeUndefined()
  })
})
