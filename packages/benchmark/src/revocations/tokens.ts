/** The tokens of the run. */
import { createHash } from 'node:crypto'

/** Where the server listens, and what it offers. */
export interface Place {
  /** 0 for a free port. */
  readonly port: number
  /** Whether the feed can stream. Without it events come by a long poll. */
  readonly stream: boolean
  /** The number of client processes, each with new tokens of its own. */
  readonly clients: number
}

/** Tokens that every client remembers. */
export const HOT_TOKENS = 1000
/** Tokens that a client asks about once, one after the other. */
const NEW_TOKENS = 6000

/** A token that every client remembers. */
export const hotToken = (index: number): string => token(`hot ${index}`)

/** A token that one client asks about. */
export const newToken = (client: number, index: number): string => token(`new ${client} ${index}`)

/** Every token that the server knows. */
export function tokensOf(clients: number): string[] {
  const hot = Array.from({ length: HOT_TOKENS }, (_, index) => hotToken(index))
  const fresh = Array.from({ length: clients * NEW_TOKENS }, (_, index) =>
    newToken(Math.floor(index / NEW_TOKENS), index % NEW_TOKENS),
  )
  return [...hot, ...fresh]
}

function token(name: string): string {
  return createHash('sha256').update(name).digest('base64url')
}
