/** Step `transport`: what a server says about its refusal, for the operator, without anything that was sent to it. */
import type { TransportRequest } from './transport.ts'

/** What of a request may be in an echo. */
export type SentRequest = Pick<TransportRequest, 'headers' | 'body'>

/** More than this is not read. */
const MAX_READ = 1000

/** More than this is not repeated. */
const MAX_TOLD = 200

/** So much of a secret is taken for a part of it, wherever it stands. A secret that is shorter counts as a word alone. */
const PART = 8

const REPLACEMENT = '[sent]'

/** Parameters that are no secret. */
const PUBLIC_PARAMETERS = new Set([
  'client_id',
  'client_assertion_type',
  'grant_type',
  'scope',
  'resource',
  'audience',
  'token_type_hint',
])

/** Header fields that are no secret. */
const PUBLIC_HEADERS = new Set(['accept', 'accept-encoding', 'content-type', 'user-agent'])

/**
 * The `error_description` of a body, bounded, in printable ASCII, and with every part of the token, the secret, the assertion
 * and the other values that were sent replaced; `undefined` when there is none. Servers put what they were sent in it.
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

/** Line breaks and controls would forge lines of a log. */
function toAscii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?')
}

/** Every value of the requests that may be secret, in each form in which it may come back. */
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

/** What stands behind the scheme, and the secret in it; the identifier before the secret is none. */
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
  /** What of the text is to go. */
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
