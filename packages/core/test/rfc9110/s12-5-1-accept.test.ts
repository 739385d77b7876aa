import { describe, expect, test } from 'vitest'
import { chooseMediaType, JSON_MEDIA_TYPE, JWT_INTROSPECTION_MEDIA_TYPE } from '../../src/index.ts'

const json = JSON_MEDIA_TYPE
const jwt = JWT_INTROSPECTION_MEDIA_TYPE

describe('RFC 9110 §12.5.1', () => {
  test.each([
    ['no field', null, json],
    ['an empty field', '', json],
    ['everything', '*/*', json],
    ['JSON', json, json],
    ['the JWT', jwt, jwt],
    ['the JWT in another case with a parameter', 'APPLICATION/Token-Introspection+JWT;x=y', jwt],
    ['the JWT with a higher weight than JSON', `${jwt}, ${json};q=0.9`, jwt],
    ['JSON with a higher weight than the JWT', `${jwt};q=0.1, ${json}`, json],
    ['both with the same weight', `${jwt}, ${json}`, json],
    ['any type except the JWT', `${jwt};q=0, */*`, json],
    ['the JWT with weight 0', `${jwt};q=0`, json],
    ['the JWT with weight 0.000', `${jwt};q=0.000`, json],
    ['the JWT with a higher weight than any other type', `${jwt}, */*;q=0.1`, jwt],
    ['JSON with a parameter that quotes the name of the JWT', `${json};x="${jwt}"`, json],
  ])('JWT-31 chooses a type for a field that asks for %s', (_, accept, mediaType) => {
    expect(chooseMediaType(accept, [json, jwt])).toBe(mediaType)
  })

  test.each([
    ['only the JWT', jwt],
    ['the JWT type of an old draft', 'application/jwt'],
    ["a type whose name contains JSON's", `x${json}`],
    ['nothing', '*/*;q=0'],
  ])('JWT-31 chooses no type when the server offers only JSON and the field asks for %s', (_, accept) => {
    expect(chooseMediaType(accept, [json])).toBeUndefined()
  })
})
