/** A JWT whose signature nobody checks, for servers that only look it up. */

/** Makes the JWT. */
export function unsignedJwt(claims: object, header: object = { alg: 'RS256', typ: 'JWT' }): string {
  return `${toPart(header)}.${toPart(claims)}.c2lnbmF0dXJl`
}

function toPart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
