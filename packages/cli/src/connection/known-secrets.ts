/** The secrets of a run, so that nothing that is printed contains one, also where a server repeats it. */
import { encodeBasicCredentials, encodeFormComponent } from '@token-introspection/core'
import { visibleText } from '../terminal/visible-text.ts'

/** Shorter texts would be found everywhere. */
const MIN_LENGTH = 4

/** Secrets and tokens, each with the name that stands for it in the output. */
export class KnownSecrets {
  readonly #names = new Map<string, string>()

  /** Notes a secret. It is hidden as it is, and in the encodings of forms, URLs and JSON. One that is known keeps its name. */
  add(secret: string, name: string): void {
    const inJson = JSON.stringify(secret).slice(1, -1)
    for (const form of [secret, encodeFormComponent(secret), encodeURIComponent(secret), inJson]) {
      if (form.length >= MIN_LENGTH && !this.#names.has(form)) this.#names.set(form, `(${name})`)
    }
  }

  /** Notes the secret of a client, also in Basic credentials. */
  addClientSecret(clientId: string, clientSecret: string): void {
    this.add(clientSecret, `secret of ${clientId}`)
    // An identifier with a colon has no raw form (RFC 7617 §2).
    const encodings = clientId.includes(':') ? (['form'] as const) : (['form', 'raw'] as const)
    for (const encoding of encodings) {
      const [, credentials = ''] = encodeBasicCredentials({ clientId, clientSecret }, encoding).split(' ')
      this.#names.set(credentials, `(credentials of ${clientId})`)
    }
  }

  /** The text with every secret replaced by its name. */
  hide(text: string): string {
    let hidden = text
    // The longest first, because one secret may contain another.
    for (const [secret, name] of [...this.#names].toSorted(([a], [b]) => b.length - a.length)) {
      hidden = hidden.replaceAll(secret, name)
    }
    return hidden
  }

  /** The text for a terminal: without secrets, and without control characters. */
  show(text: string): string {
    return visibleText(this.hide(text))
  }
}
