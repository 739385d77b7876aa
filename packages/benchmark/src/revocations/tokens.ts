/** The tokens of the run. */
import { createHash } from 'node:crypto'

/** Where the server listens, and what it offers. */
export interface Place {
  /** 0 for a free port. */
  readonly port: number
  readonly feed: Feed
  /** The log in Redis. Without it the store is in memory. */
  readonly redis?: RedisPlace | undefined
  /** The number of client processes, each with new tokens of its own. */
  readonly clients: number
}

/** How the clients hear of revocations. `none`: not at all. */
export type Feed = 'event stream' | 'long poll' | 'Redis' | 'none'

/** A store of its own in Redis. */
export interface RedisPlace {
  readonly url: string
  readonly keyPrefix: string
}

/** The ports of a server. */
export interface ServerPorts {
  readonly port: number
  /** The port of the control. */
  readonly pingPort: number
  readonly pid: number
}

/** The octets of the control: a message of the server, a question of the client, and its answer. */
export const PING = { news: 1, question: 2, answer: 3 }

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
