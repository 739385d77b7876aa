/** The secrets of a run, so that nothing that is printed contains one, also where a server repeats it. */
import { encodeBasicCredentials, visibleText } from '@token-introspection/core'
import { spellingsOf } from './spellings.ts'

/** Shorter texts would be found everywhere. */
const MIN_LENGTH = 4
/** A part of a secret that has so many characters is hidden, too. Shorter parts are found by chance. */
const PART_LENGTH = 10
/** The parts of one spelling that are looked for, at most. Of a longer one, only longer parts are found. */
const MAX_PARTS = 4096

/** A part of a secret. */
interface Part {
  readonly spelling: string
  readonly start: number
  readonly name: string
}

/** Secrets and tokens, each with the name that stands for it in the output. */
export class KnownSecrets {
  readonly #names = new Map<string, string>()
  readonly #parts = new Map<string, Part>()
  /** Texts that may be printed, such as the identifier of a client whose secret contains it. */
  #publicTexts: readonly string[] = []

  /** Notes a secret. It is hidden in every spelling of {@link spellingsOf}, whole and in parts. One that is known keeps its name. */
  add(secret: string, name: string): void {
    for (const spelling of spellingsOf(secret)) this.#note(spelling, `(${name})`)
  }

  /** Notes the secret of a client, also in Basic credentials. */
  addClientSecret(clientId: string, clientSecret: string): void {
    this.#publicTexts = [...this.#publicTexts, clientId]
    this.add(clientSecret, `secret of ${clientId}`)
    // An identifier with a colon has no raw form (RFC 7617 §2).
    const encodings = clientId.includes(':') ? (['form'] as const) : (['form', 'raw'] as const)
    for (const encoding of encodings) {
      const [, credentials = ''] = encodeBasicCredentials({ clientId, clientSecret }, encoding).split(' ')
      this.#note(credentials, `(credentials of ${clientId})`)
    }
  }

  #note(spelling: string, name: string): void {
    if (spelling.length < MIN_LENGTH || this.#names.has(spelling)) return
    this.#names.set(spelling, name)
    const step = Math.ceil(spelling.length / MAX_PARTS)
    for (let start = 0; start + PART_LENGTH <= spelling.length; start += step) {
      const part = spelling.slice(start, start + PART_LENGTH)
      if (this.#parts.has(part) || this.#publicTexts.some((text) => text.includes(part))) continue
      this.#parts.set(part, { spelling, start, name })
    }
  }

  /** The text with every secret, and every longer part of one, replaced by its name. */
  hide(text: string): string {
    let hidden = text
    // The longest first, because one secret may contain another.
    for (const [secret, name] of [...this.#names].toSorted(([a], [b]) => b.length - a.length)) {
      hidden = hidden.replaceAll(secret, name)
    }
    return this.#hideParts(hidden)
  }

  #hideParts(text: string): string {
    let hidden = ''
    let done = 0
    for (let at = 0; at + PART_LENGTH <= text.length; at += 1) {
      const part = this.#parts.get(text.slice(at, at + PART_LENGTH))
      if (part === undefined) continue
      const [start, end] = extent(text, at, done, part)
      hidden += text.slice(done, start) + part.name
      done = end
      at = end - 1
    }
    return hidden + text.slice(done)
  }

  /** The text for a terminal: without secrets, and without control characters. */
  show(text: string): string {
    return visibleText(this.hide(text))
  }
}

/** Where the spelling and the text agree around a part. */
function extent(text: string, at: number, done: number, { spelling, start }: Part): [start: number, end: number] {
  let before = 0
  while (at - before > done && start > before && text[at - before - 1] === spelling[start - before - 1]) before += 1
  let length = PART_LENGTH
  while (at + length < text.length && text[at + length] === spelling[start + length]) length += 1
  return [at - before, at + length]
}
