/** The frame of a server variant: a `node:http` server whose CPU time the benchmark can ask for. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerParent } from './answer-parent.ts'

/** A server that is ready: how it answers, and the tokens it knows. */
export interface ServerVariant {
  readonly listener: RequestListener
  readonly path: string
  readonly tokens: readonly string[]
  /** The media type to ask for, unless it is JSON. */
  readonly accept?: string
  /** What is asked: an introspection endpoint about a token, or an API with it. */
  readonly presents?: 'introspection' | 'bearer'
}

/** Where a server variant is, and what to ask it. */
export interface ServerTarget {
  readonly port: number
  readonly path: string
  readonly tokens: readonly string[]
  readonly accept: string
  readonly presents: 'introspection' | 'bearer'
}

/** Turns a listener into a child program. */
export function serveRequests(create: () => ServerVariant | Promise<ServerVariant>): void {
  answerParent({
    async start(): Promise<ServerTarget> {
      const { listener, path, tokens, accept = 'application/json', presents = 'introspection' } = await create()
      // Longer than a server waits for its next turn, so that no round begins with new connections.
      const server = createServer({ keepAliveTimeout: 120_000 }, listener)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return { port: (server.address() as AddressInfo).port, path, tokens, accept, presents }
    },
    cpuMicros(): number {
      const { user, system } = process.cpuUsage()
      return user + system
    },
  })
}
