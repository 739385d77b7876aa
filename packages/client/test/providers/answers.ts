/** Answers of real servers: documented, from their tests, or assembled from their source, as `evidence` says of each. */
import { readFileSync } from 'node:fs'

/** One of them. */
export interface VendorAnswer {
  readonly id: string
  readonly server: string
  readonly source: string
  readonly evidence: 'documented' | 'test' | 'derived' | 'community'
  readonly status: number
  /** Where none was documented it is JSON. */
  readonly contentType?: string
  /** The JSON of the body, or its text. */
  readonly body?: unknown
  /** What was inside, where the answer is a JWT: no private key of anybody is at hand. */
  readonly claims?: { readonly iat: number | string }
  /** What stands in the documentation in the place of a real value, and what to put there. */
  readonly placeholders?: Readonly<Record<string, string>>
}

const answers = JSON.parse(readFileSync(new URL('answers.json', import.meta.url), 'utf8')) as VendorAnswer[]

/** Every one, by its identifier. */
export const vendorAnswers: ReadonlyMap<string, VendorAnswer> = new Map(
  answers.map((answer) => {
    const text = Object.entries(answer.placeholders ?? {}).reduce(
      (json, [placeholder, value]) => json.replaceAll(placeholder, value),
      JSON.stringify(answer),
    )
    return [answer.id, JSON.parse(text) as VendorAnswer]
  }),
)
