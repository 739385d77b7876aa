/** The keys of the store: one for each token, one for each cutoff, and one for the horizon. */
import { CUTOFF_KINDS, type CutoffKind } from '../cutoff.ts'

/** The keys under one prefix. */
export interface TokenKeys {
  readonly token: (digest: string) => string
  /** What the key of every cutoff begins with; a name of `cutoffNames` follows. */
  readonly cutoffs: string
  /** Where it stands when the last of all tokens expires. */
  readonly horizon: string
}

/** Makes the keys under a prefix. */
export function tokenKeys(prefix: string): TokenKeys {
  return {
    token: (digest) => `${prefix}token:${digest}`,
    cutoffs: `${prefix}cutoff:`,
    horizon: `${prefix}horizon`,
  }
}

/** What the key of a cutoff ends with. It has no line break, because identifiers are escaped. */
export function cutoffName(kind: CutoffKind, identifier: string): string {
  return `${kind}:${identifier}`
}

/** The names of the cutoffs that could cover a token; an empty name for an identifier that the token does not have. */
export function cutoffNames(identifiers: readonly (string | null)[]): readonly string[] {
  return CUTOFF_KINDS.map((kind, index) => {
    const identifier = identifiers[index]
    return identifier ? cutoffName(kind, identifier) : ''
  })
}
