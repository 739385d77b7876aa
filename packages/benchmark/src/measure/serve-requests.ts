/** The frame of a server variant: a `node:http` server that reports its CPU time to the benchmark. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerParent } from './answer-parent.ts'

/** A server that is ready to be measured: its listener, and the tokens that it knows. */
export interface ServerVariant {
  readonly listener: RequestListener
  readonly path: string
  readonly tokens: readonly string[]
  /** The media type that the load asks for. Default: JSON. */
  readonly accept?: string
  /** What the load sends: introspection requests about tokens, or requests to an API with bearer tokens. */
  readonly presents?: 'introspection' | 'bearer'
}

/** The address of a server variant, and the requests to send. */
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
      // Longer than the time between two rounds, so that no round begins with new connections.
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
