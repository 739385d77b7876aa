import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  activeIntrospectionResponseSchema,
  actorChain,
  audienceIntersects,
  buildChallenge,
  buildErrorResponse,
  chooseMediaType,
  decodeBasicCredentials,
  decodeFormComponent,
  encodeBasicCredentials,
  encodeForm,
  encodeFormComponent,
  encodeIntrospectionRequest,
  extensionClaims,
  formatScope,
  INACTIVE,
  IntrospectionError,
  isErrorText,
  isIssuer,
  isJwtIntrospectionTyp,
  isNumericDate,
  isRegisteredTokenTypeHint,
  isScopeToken,
  isSecureUrl,
  isSha256Thumbprint,
  numericDateSchema,
  parseAuthorization,
  parseAuthorizationServerMetadata,
  parseChallenges,
  parseErrorResponse,
  parseForm,
  parseIntrospectionRequest,
  parseIntrospectionResponse,
  parseJsonObject,
  parseJwtIntrospectionClaims,
  parseMediaType,
  parseProtectedResourceMetadata,
  parseScope,
  REGISTERED_MEMBERS,
  scopeIncludes,
  withWholeDates,
} from '../src/index.ts'

/** Inputs per test, other ones in every run. All tests together read about 100,000 inputs. */
const numRuns = 3000

const SYNTAX = [
  ...' \t\r\n\0",;:=&%+\\/.-_~[]{}()<>@?#*\'aAzZ019éÿ'.split(''),
  '%41',
  '\ud800',
  '\udfff',
  '\ufeff',
  '\ufffd',
  '😀',
]
const PROTOTYPE_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'length',
  '0',
  '',
]

const codeUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
const syntax = fc.string({ unit: fc.constantFrom(...SYNTAX), maxLength: 40 })
const anyText = fc.oneof(
  syntax,
  fc.string({ unit: codeUnit, maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.constantFrom(...PROTOTYPE_NAMES),
)

/** Text of a grammar with a few parts removed, repeated or overwritten. */
function nearly(...valid: string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(200),
    cut: fc.nat(4),
    put: fc.oneof(syntax, fc.constantFrom(...valid)),
    skip: fc.boolean(),
  })
  return fc.oneof(
    anyText,
    fc.tuple(fc.constantFrom(...valid), fc.array(edit, { maxLength: 4 })).map(([text, edits]) =>
      edits.reduce((current, { at, cut, put, skip }) => {
        const start = at % (current.length + 1)
        return current.slice(0, start) + (skip ? '' : put) + current.slice(start + cut)
      }, text),
    ),
  )
}

const formText = nearly(
  'token=mF_9.B5f-4.1JqM&token_type_hint=access_token',
  'token=a%20b+c&a=%C3%A9&token=',
  '__proto__=1&=',
)
const authorizationText = nearly('Bearer mF_9.B5f-4.1JqM', 'Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW', 'DPoP a.b.c==')
const base64Text = fc.oneof(
  nearly('czZCaGRSa3F0MzpnWDFmQmF0M2JW', 'aWQ6cw==', 'Og=='),
  anyText.map((text) => Buffer.from(text).toString('base64')),
  fc.uint8Array({ maxLength: 30 }).map((octets) => Buffer.from(octets).toString('base64')),
  nearly('id:secret', 'i%3Ad:s+%C3%A9').map((text) => Buffer.from(text).toString('base64')),
)
const challengeText = nearly(
  'Bearer realm="a \\"b\\"", error="invalid_token", Basic realm=x',
  'Negotiate abc==, Digest a="b" , c = d',
  'DPoP algs="ES256 PS256", __proto__="x"',
)
const acceptText = nearly(
  'application/token-introspection+jwt;q=0.5, application/json;charset="a,b";q=0.1, */*;q=0',
  'application/*;q=1.000,text/html',
)
const issuerText = nearly('https://as.example:8443/tenant/1', 'http://localhost:9000', 'https://user:pass@[::1]/a?b#c')
const jsonText = nearly(
  '{"active":true,"scope":"read write","exp":1764000000,"aud":["a","b"],"cnf":{"jkt":"x"}}',
  '{"a":{"b":[{"c":"\\"\\\\\\u0061"},null,-1.5e3]},"active":false}',
  '{"__proto__":{"active":true}}',
)

const jsonValue = fc.jsonValue({ maxDepth: 3 })
const anyValue = fc.oneof(
  jsonValue,
  fc.anything({
    key: fc.oneof(fc.constantFrom(...PROTOTYPE_NAMES, ...REGISTERED_MEMBERS), fc.string()),
    maxDepth: 3,
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
)

/**
 * Objects with some of the known names, each with a right or a wrong value. Half of the objects start from a valid
 * base.
 */
function nearlyObject(
  base: object,
  names: readonly string[],
  values: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<unknown> {
  const member = fc.constantFrom(...names, ...PROTOTYPE_NAMES).chain((name) => {
    const right = Object.hasOwn(values, name) ? (values[name] ?? anyText) : anyText
    return fc.tuple(fc.constant(name), fc.oneof(anyValue, right, right))
  })
  const members = fc.array(member, { maxLength: 8 }).map((entries): object => Object.fromEntries(entries))
  const onBase = members.map((object) => ({ ...base, ...object }))
  return fc.oneof(anyValue, members, onBase, onBase)
}

const seconds = fc.oneof(fc.nat(), fc.integer(), fc.double(), fc.constantFrom(0, -0, 1e11, 1e11 - 1, 1e20))
const strings = fc.oneof(anyText, fc.array(anyText, { maxLength: 3 }))
const thumbprint = fc.constantFrom('A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0', 'short')
const actor = fc.letrec<{ act: unknown }>((tie) => ({
  act: fc.record({ sub: anyText, act: fc.option(tie('act'), { maxDepth: 20, nil: undefined }) }, { requiredKeys: [] }),
})).act
const responseValue = nearlyObject({ active: true }, [...REGISTERED_MEMBERS, 'extension_field'], {
  active: fc.constantFrom(true, true, true, false),
  exp: seconds,
  iat: seconds,
  nbf: seconds,
  auth_time: seconds,
  exi: seconds,
  aud: strings,
  act: actor,
  may_act: actor,
  cnf: fc.record({ jkt: thumbprint, 'x5t#S256': thumbprint, jwk: jsonValue, jwe: anyText }, { requiredKeys: [] }),
  authorization_details: fc.array(fc.record({ type: anyText, actions: strings }, { requiredKeys: [] }), {
    maxLength: 3,
  }),
  permissions: fc.array(fc.record({ resource_id: anyText, resource_scopes: strings }, { requiredKeys: [] }), {
    maxLength: 3,
  }),
})

/** Returns the code of an `IntrospectionError`, or `none`. Any other error fails the test. */
function codeOf(parse: () => unknown): string {
  try {
    parse()
    return 'none'
  } catch (error) {
    if (error instanceof IntrospectionError) return error.code
    throw error
  }
}

function throwsOnly(code: string, parse: () => unknown): boolean {
  const thrown = codeOf(parse)
  return thrown === 'none' || thrown === code
}

function check<Input>(input: fc.Arbitrary<Input>, holds: (input: Input) => boolean, runs = numRuns): void {
  fc.assert(fc.property(input, holds), { numRuns: runs })
}

describe('throws nothing but the documented error', () => {
  test('parseForm', () => {
    check(fc.tuple(formText, fc.option(fc.nat(5))), ([body, maxParameters]) =>
      throwsOnly('ERR_REQUEST_INVALID', () => {
        const form = parseForm(body, maxParameters === null ? {} : { maxParameters })
        for (const name of form.names()) for (const value of form.getAll(name)) void value.length
      }),
    )
  })

  test('parseIntrospectionRequest', () => {
    check(formText, (body) =>
      throwsOnly('ERR_REQUEST_INVALID', () => {
        if (parseIntrospectionRequest(body).token === '') throw new Error('a token may not be empty')
      }),
    )
  })

  test('decodeFormComponent', () => {
    check(formText, (text) => {
      const decoded = decodeFormComponent(text)
      return decoded === undefined || decodeFormComponent(encodeFormComponent(decoded)) === decoded.toWellFormed()
    })
  })

  test('parseAuthorization', () => {
    check(authorizationText, (field) => {
      const credentials = parseAuthorization(field)
      if (credentials === undefined) return true
      return field.toLowerCase().startsWith(`${credentials.scheme} `) && field.endsWith(` ${credentials.token}`)
    })
  })

  test('decodeBasicCredentials', () => {
    check(base64Text, (token) => {
      for (const encoding of ['form', 'raw'] as const) {
        const credentials = decodeBasicCredentials(token, encoding)
        if (credentials && /[\x00-\x1f\x7f]/.test(credentials.clientId + credentials.clientSecret)) return false
      }
      return true
    })
  })

  test('parseChallenges', () => {
    check(challengeText, (field) => {
      const challenges = parseChallenges(field)
      return challenges === undefined || challenges.length > 0
    })
  })

  test('parseMediaType', () => {
    check(acceptText, (field) => {
      const mediaType = parseMediaType(field)
      return mediaType === undefined || (parseMediaType(mediaType) === mediaType && !/[\s,;"A-Z]/.test(mediaType))
    })
  })

  test('chooseMediaType', () => {
    const offered = ['application/json', 'application/token-introspection+jwt'] as const
    check(acceptText, (accept) => [...offered, undefined].includes(chooseMediaType(accept, offered)))
  })

  test('isIssuer', () => {
    check(fc.oneof(issuerText, anyValue), (value) => {
      if (!isIssuer(value, { allowHttpOnLoopback: true })) return true
      const url = new URL(value)
      return isSecureUrl(url, { allowHttpOnLoopback: true }) && url.search + url.hash + url.username === ''
    })
  })

  test('parseJsonObject', () => {
    check(jsonText, (text) => throwsOnly('ERR_RESPONSE_MALFORMED', () => parseJsonObject(text)), 2 * numRuns)
  })

  test('parseJsonObject, then parseIntrospectionResponse', () => {
    check(jsonText, (text) =>
      throwsOnly('ERR_RESPONSE_MALFORMED', () => parseIntrospectionResponse(parseJsonObject(text))),
    )
  })

  test('parseIntrospectionResponse, which calls a response active only when the input says true', () => {
    check(
      responseValue,
      (value) =>
        throwsOnly('ERR_RESPONSE_MALFORMED', () => {
          const response = parseIntrospectionResponse(value)
          const active: unknown = Object.getOwnPropertyDescriptor(value, 'active')?.value
          if (active !== response.active) throw new Error('the state changed')
          if (!response.active && response !== INACTIVE) throw new Error('an inactive answer says more')
          if (response.active) actorChain(response.act)
          if (Object.getPrototypeOf(response) !== Object.prototype) throw new Error('the prototype changed')
          extensionClaims({ ...response })
        }),
      2 * numRuns,
    )
  })

  test('parseErrorResponse, whose result buildErrorResponse accepts', () => {
    const value = nearlyObject({ error: 'invalid_client' }, ['error', 'error_description', 'error_uri'], {
      error: fc.constantFrom('invalid_client', 'a"'),
    })
    check(value, (body) => {
      const error = parseErrorResponse(body)
      if (error !== undefined) buildErrorResponse(error.error, error.error_description)
      return true
    })
  })

  test('parseAuthorizationServerMetadata', () => {
    const names = [
      'issuer',
      'introspection_endpoint',
      'introspection_endpoint_auth_methods_supported',
      'mtls_endpoint_aliases',
    ]
    const value = nearlyObject({ issuer: 'https://as' }, names, {
      issuer: fc.constantFrom('https://as'),
      mtls_endpoint_aliases: anyValue,
    })
    check(value, (document) =>
      throwsOnly('ERR_RESPONSE_MALFORMED', () => {
        if (parseAuthorizationServerMetadata(document, 'https://as').issuer !== 'https://as') throw new Error('issuer')
      }),
    )
  })

  test('parseProtectedResourceMetadata', () => {
    const names = ['resource', 'jwks_uri', 'authorization_servers', 'resource_signing_alg_values_supported']
    const value = nearlyObject({ resource: 'https://rs' }, names, {
      resource: fc.constantFrom('https://rs'),
      authorization_servers: strings,
    })
    check(value, (document) =>
      throwsOnly('ERR_RESPONSE_MALFORMED', () => {
        if (parseProtectedResourceMetadata(document, 'https://rs').resource !== 'https://rs')
          throw new Error('resource')
      }),
    )
  })

  test('parseJwtIntrospectionClaims', () => {
    const names = ['iss', 'aud', 'iat', 'token_introspection', 'active', 'sub']
    const claims = nearlyObject({ iss: 'https://as', aud: 'rs', iat: 1 }, names, {
      aud: strings,
      iat: fc.nat(),
      token_introspection: responseValue,
    })
    const near = fc.record({ iss: anyText, aud: strings, iat: seconds, token_introspection: responseValue })
    check(fc.oneof(claims, near), (value) =>
      throwsOnly('ERR_RESPONSE_MALFORMED', () => {
        const parsed = Object.keys(parseJwtIntrospectionClaims(value))
        if (parsed.join() !== 'iss,aud,iat,token_introspection') throw new Error('there is an extra claim')
      }),
    )
  })

  test('the guards and the scope functions', () => {
    check(fc.tuple(anyValue, anyText), ([value, text]) => {
      for (const guard of [isNumericDate, isSha256Thumbprint, isJwtIntrospectionTyp, isIssuer]) guard(value)
      for (const guard of [isScopeToken, isErrorText, isRegisteredTokenTypeHint]) guard(text)
      return formatScope(parseScope(text).filter(isScopeToken)) !== ''
    })
  })
})

describe('decoding gives back what was encoded', () => {
  const name = fc.oneof(fc.constantFrom(...PROTOTYPE_NAMES), fc.string({ unit: 'binary', maxLength: 20 }))
  const pairs = fc.array(fc.tuple(name, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 20 })

  test('in a form', () => {
    check(pairs, (parameters) => {
      const form = parseForm(encodeForm(parameters))
      const seen = new Map<string, string[]>()
      for (const [key, value] of parameters) seen.set(key, [...(seen.get(key) ?? []), value])
      return (
        [...form.names()].length === seen.size && [...seen].every(([key, values]) => same(form.getAll(key), values))
      )
    })
  })

  test('in a form, together with URLSearchParams as encoder or decoder', () => {
    check(pairs, (parameters) => {
      const theirs = new URLSearchParams(parameters)
      if (!same([...new URLSearchParams(encodeForm(parameters))], parameters)) return false
      const form = parseForm(theirs.toString())
      return parameters.every(([key]) => same(form.getAll(key), theirs.getAll(key)))
    })
  })

  test('in an introspection request', () => {
    const request = fc.record({
      token: fc.string({ unit: 'binary', minLength: 1 }),
      token_type_hint: fc.string({ unit: 'binary', minLength: 1 }),
    })
    check(request, ({ token, token_type_hint }) => {
      const parsed = parseIntrospectionRequest(encodeIntrospectionRequest({ token, token_type_hint }))
      return parsed.token === token && parsed.tokenTypeHint === token_type_hint
    })
  })

  test('in Basic credentials', () => {
    const half = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll(/[\x00-\x1f\x7f]/g, ''))
    check(fc.tuple(half, half), ([clientId, clientSecret]) => {
      const credentials = parseAuthorization(encodeBasicCredentials({ clientId, clientSecret }))
      const decoded = decodeBasicCredentials(credentials?.token ?? '')
      if (decoded?.clientId !== clientId || decoded.clientSecret !== clientSecret) return false
      if (clientId.includes(':')) return true
      const raw = parseAuthorization(encodeBasicCredentials({ clientId, clientSecret }, 'raw'))
      return decodeBasicCredentials(raw?.token ?? '', 'raw')?.clientSecret === clientSecret
    })
  })

  const token = fc.string({
    unit: fc.constantFrom(..."aAzZ09!#$%&'*+-.^_`|~".split('')),
    minLength: 1,
    maxLength: 12,
  })
  const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) })
  const parameters = fc
    .uniqueArray(fc.tuple(fc.oneof(token, fc.constant('__proto__')), printable), {
      selector: ([key]) => key.toLowerCase(),
      maxLength: 6,
    })
    .filter((list) => list.every(([key]) => !/^(?:error|error_description|error_uri|scope)$/i.test(key)))

  test('in challenges, one or several in one field', () => {
    check(fc.array(fc.tuple(token, parameters), { minLength: 1, maxLength: 3 }), (challenges) => {
      const field = challenges.map(([scheme, list]) => buildChallenge(scheme, Object.fromEntries(list))).join(', ')
      const parsed = parseChallenges(field)
      if (parsed?.length !== challenges.length) return false
      return challenges.every(([scheme, list], index) => {
        const ordered = Object.entries(Object.fromEntries(list)).map(([key, value]) => [key.toLowerCase(), value])
        const found = Object.entries(parsed[index]?.parameters ?? {})
        return parsed[index]?.scheme === scheme && same(sorted(found), sorted(ordered))
      })
    })
  })

  test('in a challenge of printable ASCII, or buildChallenge throws a TypeError', () => {
    const scheme = fc.oneof(fc.constantFrom('Bearer', 'DPoP'), anyText)
    const names = fc.oneof(fc.constantFrom('realm', 'error', 'error_description', 'error_uri', 'scope'), anyText)
    check(
      fc.tuple(scheme, fc.dictionary(names, anyText, { maxKeys: 3 })),
      ([start, list]) => {
        let challenge: string
        try {
          challenge = buildChallenge(start, list)
        } catch (error) {
          return error instanceof TypeError
        }
        return /^[\x20-\x7e]+$/.test(challenge) && parseChallenges(challenge)?.length === 1
      },
      2 * numRuns,
    )
  })
})

describe('agrees with the simplest implementation', () => {
  const tokens = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', '\t', ',', '\n', '\u00a0'), maxLength: 12 })

  test('scopeIncludes with a Set of the parts between spaces', () => {
    check(fc.tuple(tokens, tokens), ([scope, token]) => {
      const expected = token !== '' && new Set(scope.split(' ')).has(token)
      return scopeIncludes(scope, token) === expected && parseScope(scope).includes(token) === expected
    })
  })

  test('audienceIntersects with two loops', () => {
    const value = fc.string({ unit: fc.constantFrom('a', 'A', '/'), maxLength: 2 })
    const audience = fc.oneof(fc.constant(undefined), value, fc.array(value, { maxLength: 4 }))
    check(fc.tuple(audience, audience), ([aud, expected]) => {
      let found = false
      for (const a of [aud ?? []].flat()) for (const b of [expected ?? []].flat()) if (a === b) found = true
      return audienceIntersects(aud, expected) === found && audienceIntersects(expected, aud) === found
    })
  })

  test('isNumericDate with its schema', () => {
    check(fc.oneof(seconds, anyValue), (value) => isNumericDate(value) === numericDateSchema.safeParse(value).success)
  })

  test('the compiled schema of an active response with the interpreted one', () => {
    check(responseValue, (value) => {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'active')) return true
      if ((value as { active: unknown }).active !== true || Array.isArray(value)) return true
      const interpreted = activeIntrospectionResponseSchema.safeParse(withWholeDates(value)).success
      return interpreted === (codeOf(() => parseIntrospectionResponse(value)) === 'none')
    })
  })

  const object = fc.dictionary(fc.string({ unit: 'binary', maxLength: 6 }), jsonValue, { maxKeys: 5 })

  test('parseJsonObject with JSON.parse on text from JSON.stringify', () => {
    check(fc.tuple(object, fc.constantFrom('', ' ', '\t', '\n  ')), ([value, indent]) => {
      const text = JSON.stringify(value, undefined, indent)
      if (text.includes('"__proto__":')) return codeOf(() => parseJsonObject(text)) === 'ERR_RESPONSE_MALFORMED'
      return same(parseJsonObject(text), JSON.parse(text))
    })
  })

  test('parseJsonObject refuses an object with a duplicate name, which JSON.parse accepts', () => {
    const wraps = fc.array(fc.constantFrom(['{"w":', '}'], ['{"v":1,"w":[0,', ']}'], ['{"w":[[', ']]}']), {
      maxLength: 4,
    })
    const members = fc.dictionary(fc.string({ unit: 'binary', maxLength: 6 }), jsonValue, { minKeys: 1, maxKeys: 5 })
    const twice = fc.record({
      members,
      wraps,
      which: fc.nat(),
      where: fc.nat(),
      escaped: fc.boolean(),
      value: jsonValue,
    })
    check(
      twice,
      (made) => {
        const entries = Object.entries(made.members).map(
          ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
        )
        const key = Object.keys(made.members)[made.which % entries.length] ?? ''
        const spelt = made.escaped ? `"${escapeAll(key)}"` : JSON.stringify(key)
        entries.splice(made.where % (entries.length + 1), 0, `${spelt} : ${JSON.stringify(made.value)}`)
        const text = made.wraps.reduce((inside, [open, close]) => open + inside + close, `{${entries.join(',')}}`)
        JSON.parse(text)
        return codeOf(() => parseJsonObject(text)) === 'ERR_RESPONSE_MALFORMED'
      },
      2 * numRuns,
    )
  })
})

function same(left: unknown, right: unknown): boolean {
  expect(left).toEqual(right)
  return true
}

function sorted(entries: readonly (readonly unknown[])[]): readonly unknown[][] {
  return entries.map((entry) => [...entry]).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))
}

/** Writes every UTF-16 code unit as an escape, which is another spelling of the same name. */
function escapeAll(text: string): string {
  return Array.from(
    { length: text.length },
    (_, index) => String.raw`\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('')
}
