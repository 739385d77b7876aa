/** The ways in which a server may repeat a text that it was sent. */
import { Buffer } from 'node:buffer'
import { encodeFormComponent } from '@token-introspection/core'

/** Shorter spellings would be found by chance. */
const MIN_LENGTH = 8

/**
 * The spellings of a secret: as it is, in forms, URLs and JSON, with every octet escaped, in hexadecimal, and in Base64 of any
 * alphabet, also in the middle of a longer text.
 */
export function spellingsOf(secret: string): string[] {
  const inUrl = encodeURIComponent(secret.toWellFormed())
  const usual = [secret, encodeFormComponent(secret), inUrl, JSON.stringify(secret).slice(1, -1)]
  const octets = Buffer.from(secret)
  const hexadecimal = octets.toString('hex')
  const escaped = hexadecimal.replaceAll(/../g, '%$&')
  const others = [
    inUrl.replaceAll(/%../g, (octet) => octet.toLowerCase()),
    escaped,
    escaped.toUpperCase(),
    hexadecimal,
    hexadecimal.toUpperCase(),
    Array.from({ length: secret.length }, (_, at) => escapeUnit(secret.charCodeAt(at))).join(''),
    ...[0, 1, 2].flatMap((before) => base64After(octets, before)),
  ]
  return [...new Set([...usual, ...others.filter(({ length }) => length >= MIN_LENGTH)])]
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}

/** The characters of Base64 that these octets alone decide, when so many octets stand before them. */
function base64After(octets: Uint8Array, before: number): [base64: string, base64url: string] {
  const all = Buffer.concat([Buffer.alloc(before), octets])
  const base64 = all.toString('base64').replaceAll('=', '')
  const decided = base64.slice(Math.ceil((before * 4) / 3), all.length % 3 === 0 ? undefined : -1)
  return [decided, decided.replaceAll('+', '-').replaceAll('/', '_')]
}
