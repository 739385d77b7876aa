/** Compares where clients read tokens. */
import type { ResolvedSources } from '../token/token-options.ts'

/** A text that is the same for clients that read tokens from the same places. */
export function describeSources({ header, form, query, fields, cookie }: ResolvedSources): string {
  const ofCookie = cookie && [cookie.name, [...cookie.allowedOrigins].toSorted()]
  return JSON.stringify([header, form, query, fields.toSorted(), ofCookie])
}
