/** What the program takes from outside. Tests pass their own. */

/** The environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A stream to which the program writes. */
export interface Output {
  write(text: string): void
  /** Whether it is a terminal. */
  readonly isTerminal: boolean
  /** The columns of the terminal, if it is one. */
  readonly columns: number | undefined
  /** Whether the terminal shows colours, by its own account. */
  readonly hasColors: boolean
}

/** Standard input. */
export interface Input {
  /** Whether it is a terminal, where somebody can be asked. */
  readonly isTerminal: boolean
  /** Reads everything, up to a number of octets. Rejects when there is more. */
  read(maxBytes: number): Promise<string>
}

/** The files that the program reads and writes. Paths are as in the command line. */
export interface Files {
  /** Reads a text. Rejects with the error of Node, such as `ENOENT`, and when the file has more octets. */
  read(path: string, maxBytes: number): Promise<string>
  /** Replaces a file at once, never in part. */
  write(path: string, text: string): Promise<void>
  /** Reads a file of {@link Files.writePrivate}. Rejects also when another user owns the file or can write or read it. */
  readPrivate(path: string, maxBytes: number): Promise<string>
  /**
   * Replaces a file that only this user can read. A missing directory is made for this user alone. One that is there stays as it
   * is. Rejects when other users can write to it, because they could put a file of their own in the place of this one.
   */
  writePrivate(path: string, text: string): Promise<void>
  /**
   * Makes an empty file that only this user can read, unless one is there. Rejects when another user owns the one that is there, or can
   * write to it.
   */
  makePrivate(path: string): Promise<void>
  /** Removes a file, if it is there. */
  remove(path: string): Promise<void>
}

/** Everything that the program takes from outside. */
export interface Surroundings {
  readonly environment: Environment
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly files: Files
  /** Asks the person at the terminal for a secret. What is typed is not shown. `undefined` when the person gives up. */
  readonly askSecret: (question: string) => Promise<string | undefined>
  /** Loads a module by its path, and returns what it exports. */
  readonly importModule: (path: string) => Promise<Readonly<Record<string, unknown>>>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Random octets, for secrets. */
  readonly randomBytes: (length: number) => Uint8Array
  /** Is aborted when the person or the system asks the program to stop. */
  readonly stop: AbortSignal
}
