/**
 * Answers of real servers. `evidence` says for each whether it is documented, from the server's tests, or assembled
 * from its source.
 */
import { readFileSync } from 'node:fs'

/** One answer. */
export interface VendorAnswer {
  readonly id: string
  readonly server: string
  readonly source: string
  readonly evidence: 'documented' | 'test' | 'derived' | 'community'
  readonly status: number
  /** JSON, when the source documents no media type. */
  readonly contentType?: string
  /** The JSON of the body, or its text. */
  readonly body?: unknown
  /** The content, when the answer is a JWT, because the private keys of the servers are not available. */
  readonly claims?: { readonly iat: number | string }
  /** Placeholders of the documentation, and the values to put in their place. */
  readonly placeholders?: Readonly<Record<string, string>>
}

const answers = JSON.parse(readFileSync(new URL('answers.json', import.meta.url), 'utf8')) as VendorAnswer[]

/** All answers, by identifier. */
export const vendorAnswers: ReadonlyMap<string, VendorAnswer> = new Map(
  answers.map((answer) => {
    const text = Object.entries(answer.placeholders ?? {}).reduce(
      (json, [placeholder, value]) => json.replaceAll(placeholder, value),
      JSON.stringify(answer),
    )
    return [answer.id, JSON.parse(text) as VendorAnswer]
  }),
)
