/** A runtime or framework that serves the program of the guide. */
import type { SmokeServer } from '../client-check/smoke-server.ts'
import type { Expected } from './http-cases.ts'

/** One runtime or framework to mount the handler in. */
export interface Mount {
  readonly name: string
  /** The other packages it needs, with versions. */
  readonly packages: readonly string[]
  /** The path of a program in the project. It is there when the packages are installed, and it serves unless `script` does. */
  readonly binary: string
  /** The path of a script in the project that serves. It runs on the Node of this check. */
  readonly script?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Writes the project, and builds it where necessary. */
  prepare(directory: string, port: number): void
  /** The arguments of the program. */
  args(port: number): readonly string[]
  /** Answers that the runtime gives before it calls the handler, by the title of the case. */
  readonly exceptions?: Readonly<Record<string, Expected>>
  /** Another place where the program serves the endpoint: its path, which gets every request, too. It has no exceptions. */
  readonly alsoAt?: string
  /** Whether the program of the guide also serves the feed of revocations. */
  readonly hasFeed?: boolean
  /** Runs the cases of the client, or a guarded route, in the project, and reports every fault. */
  readonly ask?: (directory: string, server: SmokeServer) => Promise<string[]>
}
