/** The `jti` of JWTs that this resource server signs. */

/** 128 random bits, which nobody can guess. */
export function randomId(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')
}
