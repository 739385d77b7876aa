/**
 * No input from a stranger takes more than linear time to read. The tests count steps at two sizes and use no clock.
 * The package `repository` proves from the source of each pattern that the pattern itself is linear.
 */
import { describe, expect, test } from 'vitest'
import { startCounting } from './count-steps.ts'

const countSteps = startCounting()
// Loaded after counting has begun, because only then are the blocks of these modules counted.
const {
  chooseMediaType,
  decodeBasicCredentials,
  decodeFormComponent,
  encodeFormComponent,
  isErrorText,
  isIssuer,
  parseAuthorization,
  parseCertificateHeader,
  parseChallenges,
  parseForm,
  parseIntrospectionResponse,
  parseJsonObject,
  parseMediaType,
  scopeIncludes,
} = await import('../src/index.ts')

/** Octets of the smaller input, and how many times larger the other input is. */
const smallSize = 8000
const times = 32
/**
 * Quadratic time would be `times` as many steps per octet. The counter sees fewer steps where the engine inlines a
 * function, so a ratio of a few still means linear.
 */
const boundPerOctet = 6
/** Steps that do not depend on the size. Below this number, the steps say nothing about growth. */
const fixedSteps = 2000

let size = smallSize

function fill(part: string): string {
  return part.repeat(Math.ceil(size / part.length))
}

function numbered(part: (index: number) => string): string {
  return Array.from({ length: size / 10 }, (_, index) => part(index)).join(',')
}

const offered = ['application/json', 'application/token-introspection+jwt'] as const

const inputsOfSize = (): [name: string, parse: (input: string) => unknown, inputs: string[]][] => [
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
  [
    'parseCertificateHeader',
    (field) => {
      for (const format of ['nginx', 'apache', 'envoy', 'traefik', 'azure'] as const)
        parseCertificateHeader(format, field)
    },
    [
      `-----BEGIN CERTIFICATE-----${fill(' ')}!`,
      fill('-----BEGIN CERTIFICATE----- '),
      fill('AAAA'),
      fill('AAAA,'),
      `${fill('A=,')}!`,
      fill('%2C'),
      `-----BEGIN%20CERTIFICATE-----${fill('%0A')}!`,
      `-----BEGIN%20CERTIFICATE-----%0A${fill('AAAA%0A')}-----END%20CERTIFICATE-----`,
      fill('%0A'),
      fill('-----BEGIN%20CERTIFICATE-----'),
      `Cert="${fill('%0A')}"`,
      fill('Cert="a",'),
      fill('a=b;'),
      fill('Cert'),
      `Cert="${fill('\\"')}`,
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

function inputsAt(octets: number): ReturnType<typeof inputsOfSize> {
  size = octets
  return inputsOfSize()
}

function stepsOf(parse: (input: string) => unknown, text: string): number {
  return countSteps(() => {
    try {
      parse(text)
    } catch (error) {
      expect(error).toHaveProperty('code', expect.stringMatching(/^ERR_/))
    }
  })
}

const small = inputsAt(smallSize)
const large = inputsAt(smallSize * times)
const rows = small.map(([name, parse, texts], row) => ({
  name,
  parse,
  texts: texts.map(
    (text, column) => [`${text.slice(0, 12)}…${text.slice(-6)}`, text, large[row]?.[2][column] as string] as const,
  ),
}))

describe.each(rows)('$name takes linear time', ({ parse, texts }) => {
  test.each(texts)('%s', (_, few, many) => {
    // The first run compiles the functions.
    stepsOf(parse, few)
    const perOctet = (text: string) => Math.max(stepsOf(parse, text), fixedSteps) / text.length
    expect(perOctet(many) / perOctet(few)).toBeLessThan(boundPerOctet)
  })
})

function countAgain(text: string): number {
  let count = 0
  for (let from = 0; from < text.length; from++) for (let at = from; at < text.length; at++) count++
  return count
}

test('detects a reader that starts again at every octet', () => {
  const [few, many] = [50, 50 * times].map((length) => stepsOf(countAgain, 'a'.repeat(length)) / length)
  expect(Number(many) / Number(few)).toBeGreaterThan(boundPerOctet)
})
