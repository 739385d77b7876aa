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
    ['the JWT rather than JSON', `${jwt}, ${json};q=0.9`, jwt],
    ['JSON rather than the JWT', `${jwt};q=0.1, ${json}`, json],
    ['both alike', `${jwt}, ${json}`, json],
    ['anything but the JWT', `${jwt};q=0, */*`, json],
    ['not the JWT', `${jwt};q=0`, json],
    ['not the JWT, with three digits', `${jwt};q=0.000`, json],
    ['the JWT rather than anything else', `${jwt}, */*;q=0.1`, jwt],
    ['JSON where the name of the JWT is only quoted', `${json};x="${jwt}"`, json],
  ])('JWT-31 answers %s', (_, accept, mediaType) => {
    expect(chooseMediaType(accept, [json, jwt])).toBe(mediaType)
  })

  test.each([
    ['the JWT alone', jwt],
    ['the JWT of an old draft', 'application/jwt'],
    ['a type that contains ours', `x${json}`],
    ['nothing', '*/*;q=0'],
  ])('JWT-31 has no answer where only JSON is to be had and the field asks for %s', (_, accept) => {
    expect(chooseMediaType(accept, [json])).toBeUndefined()
  })
})
