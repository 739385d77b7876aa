/** Step `transport`: takes every value that the client sent out of a text of the server. */
import type { TransportRequest } from './transport.ts'

/** The parts of a request that a server may repeat. */
export type SentRequest = Pick<TransportRequest, 'headers' | 'body'>

/**
 * This many characters of a secret count as a part of it, anywhere in the text. A shorter secret counts only as a whole
 * word.
 */
const PART = 8

const REPLACEMENT = '[sent]'

/** Parameters that are not secret. */
const PUBLIC_PARAMETERS = new Set([
  'client_id',
  'client_assertion_type',
  'grant_type',
  'scope',
  'resource',
  'audience',
  'token_type_hint',
])

/** Header fields that are not secret. */
const PUBLIC_HEADERS = new Set(['accept', 'accept-encoding', 'content-type', 'user-agent'])

/** Takes the secrets out of a text. */
export type CleanText = (text: string) => string

/** Line breaks and control characters could forge lines of a log. */
export function toAscii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?')
}

/**
 * Every value of the requests that may be secret, in each form in which a server may repeat it.
 *
 * @param write - what is done to the text in which they are looked for.
 */
export function secretsOf(sent: readonly SentRequest[], write: CleanText = toAscii): Set<string> {
  const secrets = new Set<string>()
  for (const value of sent.flatMap(secretValues)) {
    secrets.add(write(value))
    secrets.add(new URLSearchParams([['', value]]).toString().slice(1))
    secrets.add(encodeURIComponent(value.toWellFormed()))
    secrets.add(JSON.stringify(value).slice(1, -1))
  }
  secrets.delete('')
  return secrets
}

function secretValues({ headers, body }: SentRequest): string[] {
  const values: string[] = []
  for (const [name, value] of new URLSearchParams(body ?? '')) if (!PUBLIC_PARAMETERS.has(name)) values.push(value)
  for (const [name, value] of Object.entries(headers)) {
    if (PUBLIC_HEADERS.has(name)) continue
    if (name === 'authorization') values.push(...credentialsOf(value))
    else values.push(value)
  }
  return values
}

/** The credentials after the scheme, and the secret inside. The identifier before the secret is not secret. */
function credentialsOf(authorization: string): string[] {
  const credentials = authorization.slice(authorization.indexOf(' ') + 1)
  try {
    const pair = new TextDecoder().decode(Uint8Array.from(atob(credentials), (character) => character.charCodeAt(0)))
    const secret = pair.slice(pair.indexOf(':') + 1)
    return [credentials, secret, ...new URLSearchParams(`=${secret}`).values()]
  } catch {
    return [credentials]
  }
}

/**
 * Creates a function that replaces every part of these values in a text by `[sent]`. Its cost grows with the text, not with
 * the values.
 */
export function createCleaner(secrets: Iterable<string>): CleanText {
  const words: string[] = []
  const parts = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < PART) words.push(secret)
    else for (let at = 0; at + PART <= secret.length; at++) parts.add(secret.slice(at, at + PART))
  }
  return (text) => {
    /** The characters to replace. */
    const marked = Array.from(text, () => false)
    for (const word of words) markWords(text, word, marked)
    for (let at = 0; at + PART <= text.length; at++) {
      if (parts.has(text.slice(at, at + PART))) marked.fill(true, at, at + PART)
    }
    let told = ''
    marked.forEach((isMarked, at) => {
      if (!isMarked) told += text.charAt(at)
      else if (marked[at - 1] !== true) told += REPLACEMENT
    })
    return told
  }
}

/** Whether a text holds a part of a value of the requests that may be secret. */
export function holdsSecret(text: string, sent: readonly SentRequest[]): boolean {
  return createCleaner(secretsOf(sent))(text) !== text
}

function markWords(text: string, secret: string, marked: boolean[]): void {
  for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) {
    const end = at + secret.length
    if (!isWordCharacter(text.charAt(at - 1)) && !isWordCharacter(text.charAt(end))) marked.fill(true, at, end)
  }
}

function isWordCharacter(character: string): boolean {
  return /^\w$/.test(character)
}
