/** Step `transport`: the server's description of an error, for the operator, without any value that the client sent. */
import type { TransportRequest } from './transport.ts'

/** The parts of a request that a server may repeat. */
export type SentRequest = Pick<TransportRequest, 'headers' | 'body'>

/** A longer text is not read. */
const MAX_READ = 1000

/** A longer description is cut. */
const MAX_TOLD = 200

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

/**
 * The `error_description` of a body, limited in length, in printable ASCII, and with every part of the token, the
 * secret, the assertion and other sent values replaced; `undefined` when there is none. Servers do repeat what they
 * were sent.
 */
export function errorDescriptionOf(body: Uint8Array, sent: readonly SentRequest[]): string | undefined {
  const description = readDescription(body)
  if (description === undefined) return undefined
  const told = withoutSecrets(toAscii(description.slice(0, MAX_READ)), secretsOf(sent)).trim()
  if (told === '') return undefined
  return told.length > MAX_TOLD ? `${told.slice(0, MAX_TOLD)}...` : told
}

function readDescription(body: Uint8Array): string | undefined {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(body))
    if (typeof document !== 'object' || document === null || !Object.hasOwn(document, 'error_description'))
      return undefined
    const { error_description: description } = document as { error_description: unknown }
    return typeof description === 'string' ? description : undefined
  } catch {
    return undefined
  }
}

/** Line breaks and control characters could forge lines of a log. */
function toAscii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?')
}

/** Every value of the requests that may be secret, in each form in which a server may repeat it. */
function secretsOf(sent: readonly SentRequest[]): Set<string> {
  const secrets = new Set<string>()
  for (const value of sent.flatMap(secretValues)) {
    secrets.add(toAscii(value))
    secrets.add(new URLSearchParams([['', value]]).toString().slice(1))
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

function withoutSecrets(text: string, secrets: ReadonlySet<string>): string {
  /** The parts of the text to replace. */
  const marked = Array.from(text, () => false)
  for (const secret of secrets) {
    if (secret.length < PART) markWords(text, secret, marked)
    else markParts(text, secret, marked)
  }
  let told = ''
  marked.forEach((isMarked, at) => {
    if (!isMarked) told += text.charAt(at)
    else if (marked[at - 1] !== true) told += REPLACEMENT
  })
  return told
}

function markParts(text: string, secret: string, marked: boolean[]): void {
  for (let at = 0; at + PART <= text.length; at++) {
    if (secret.includes(text.slice(at, at + PART))) marked.fill(true, at, at + PART)
  }
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
