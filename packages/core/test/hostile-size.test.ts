import { describe, expect, test } from 'vitest'
import {
  chooseMediaType,
  decodeBasicCredentials,
  decodeFormComponent,
  encodeFormComponent,
  isErrorText,
  isIssuer,
  parseAuthorization,
  parseChallenges,
  parseForm,
  parseIntrospectionResponse,
  parseJsonObject,
  parseMediaType,
  scopeIncludes,
} from '../src/index.ts'

/** What one of these inputs may cost. All take some tens of milliseconds; quadratic time would take minutes. */
const boundMs = 3000
const size = 1_000_000

function fill(part: string): string {
  return part.repeat(Math.ceil(size / part.length))
}

function numbered(part: (index: number) => string): string {
  return Array.from({ length: size / 10 }, (_, index) => part(index)).join(',')
}

const offered = ['application/json', 'application/token-introspection+jwt'] as const

const inputs: [name: string, parse: (input: string) => unknown, inputs: string[]][] = [
  [
    'parseForm',
    (body) => parseForm(body, { maxParameters: Number.POSITIVE_INFINITY }),
    [fill('&'), fill('a&'), fill('a=1&'), fill('='), fill('+'), fill('%41'), `${fill('%41')}%`, fill('%'), fill('%FF')],
  ],
  ['decodeFormComponent', decodeFormComponent, [fill('+'), fill('%C3%A9'), `${fill('%41')}%4`]],
  ['encodeFormComponent', encodeFormComponent, [fill("!'()*"), fill(' '), fill('\ud800'), fill('€')]],
  [
    'parseAuthorization',
    parseAuthorization,
    [
      fill('a'),
      `Bearer ${fill('a')} `,
      `Bearer${fill(' ')}`,
      `Bearer${fill(' ')}"`,
      `Bearer a${fill('=')}a`,
      fill('a '),
      fill('a, '),
    ],
  ],
  [
    'decodeBasicCredentials',
    decodeBasicCredentials,
    [fill('a'), `${fill('a')}*`, fill('='), `${fill('a')}===`, Buffer.from(fill('a:%')).toString('base64')],
  ],
  [
    'parseChallenges',
    parseChallenges,
    [
      fill(','),
      fill(' '),
      fill('a,'),
      fill('a '),
      fill('a="b",'),
      `B ${fill('a')}`,
      `B a${fill('=')}"`,
      `B a${fill(' ')}"`,
      `B a${fill(' ')}="b"`,
      `B a="${fill('b')}`,
      `B a="${fill('b')}"`,
      `B a="${fill('\\"')}`,
      `B a="${fill('\\"')}"`,
      `B a="${fill('\\')}`,
      `B ${numbered((index) => `p${index}=x`)}`,
      fill('A a=b, '),
      fill('A b, '),
    ],
  ],
  [
    'chooseMediaType',
    (accept) => chooseMediaType(accept, offered),
    [
      fill(','),
      fill('*/*,'),
      fill('application/json,'),
      fill('application/json;q=0,'),
      fill(';'),
      `a/b${fill(';q=')}`,
      `a/b${fill('; ')}`,
      `a/b;${fill(' ')}`,
      `a/b;q=1${fill(' ')}x`,
      `${fill(' ')}x`,
      fill('"'),
      fill('\\"'),
      `"${fill('\\"')}`,
      `"${fill('\\')}`,
      `"${fill('a')}`,
      fill('"a",'),
    ],
  ],
  ['parseMediaType', parseMediaType, [fill(' '), `a/b${fill(' ')}x`, fill('a'), `a/${fill('b')},`]],
  [
    'parseJsonObject',
    parseJsonObject,
    [
      `{"a":"${fill('\\"')}"}`,
      `{"a":"${fill('\\\\')}"}`,
      `{"a":"${fill('\\u0022')}"}`,
      `{"a"${fill(' ')}:1}`,
      `{"a":[${fill('"b",')}"b"]}`,
      `{"a":[${fill('{},')}1]}`,
      `{"a":[${fill('{"a":1},')}1]}`,
      `{${numbered((index) => `"p${index}":1`)}}`,
      `{${numbered((index) => `"${index * 1000}":1`)}}`,
      `{${fill('"a":1,')}"a":1}`,
      `{"a":${fill('[')}`,
      `{"a":${fill('[')}${fill(']')}}`,
      `${fill('{"a":')}1${fill('}')}`,
      `{"a":"${fill('b')}`,
    ],
  ],
  ['isIssuer', isIssuer, [fill('a'), `https://${fill('a.')}`, `https://a/${fill('../')}`, `https://${fill('@')}`]],
  ['isErrorText', isErrorText, [`${fill('a')}"`]],
  ['scopeIncludes', (scope) => scopeIncludes(scope, 'aaaaaaaa'), [fill('a'), fill('aaaaaaaab '), fill(' ')]],
  [
    'parseIntrospectionResponse',
    (text) => parseIntrospectionResponse(JSON.parse(text)),
    [
      `{"active":true,"aud":[${fill('5,')}5]}`,
      `{"active":true,"permissions":[${fill('5,')}5]}`,
      `{"active":true,"authorization_details":[{"type":"a","locations":[${fill('5,')}5]}]}`,
      `{"active":true,"cti":"${fill('a')}*"}`,
      `{"active":true,${numbered((index) => `"p${index}":1`)}}`,
    ],
  ],
]

describe.each(inputs)('%s reads a megabyte in linear time', (_, parse, texts) => {
  test.each(texts.map((text) => [`${text.slice(0, 12)}…${text.slice(-6)}`, text]))('%j', (__, text) => {
    const start = performance.now()
    try {
      parse(text)
    } catch (error) {
      expect(error).toHaveProperty('code', expect.stringMatching(/^ERR_/))
    }
    expect(performance.now() - start).toBeLessThan(boundMs)
  })
})
