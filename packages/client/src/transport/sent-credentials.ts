/** Step `transport`: knows the credentials that the client has sent, so that nothing shows what a server repeats of them. */
import { type CleanText, createCleaner, secretsOf, type SentRequest } from './without-secrets.ts'

/** More requests than are usually on their way while a credential changes. */
const MAX_REQUESTS = 16

/** Creates a function that replaces every part of a token, and of the credentials of the client, in a text by `[sent]`. */
export type CleanerFor = (token: string) => CleanText

/** Parameters of a form, by name. */
type Parameters = Readonly<Record<string, string>>

/** The credentials of the last 16 requests of one client. They are in memory alone. */
export class SentCredentials {
  readonly #sent: { readonly headers: Parameters; readonly parameters: Parameters; readonly given: Parameters }[] = []
  #next = 0

  /**
   * Notes a request. It only keeps references, so that a request costs nothing more.
   *
   * @param parameters - its form parameters, without the token.
   * @param given - parameters that options name. They are no credentials.
   */
  note(headers: Parameters, parameters: Parameters, given: Parameters = {}): void {
    this.#sent[this.#next] = { headers, parameters, given }
    this.#next = (this.#next + 1) % MAX_REQUESTS
  }

  /** Creates a cleaner. It costs about as much as the token is long, so create it only where something is to be shown. */
  readonly cleanerFor: CleanerFor = (token) => {
    const requests = this.#sent.map(({ headers, parameters, given }): SentRequest => {
      const credentials = Object.entries(parameters).filter(([name, value]) => given[name] !== value)
      return { headers, body: new URLSearchParams(credentials).toString() }
    })
    return createCleaner(
      secretsOf([{ headers: {}, body: new URLSearchParams({ token }).toString() }, ...requests], asIs),
    )
  }
}

function asIs(text: string): string {
  return text
}
