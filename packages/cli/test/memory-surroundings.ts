/** Surroundings in memory: what a command reads is given, and what it writes is recorded. */
import type { Environment, Files, Output, Surroundings } from '../src/surroundings/surroundings.ts'

/** What the surroundings start with. */
export interface Given {
  readonly environment?: Environment
  /** What standard input holds. Without it, standard input is a terminal. */
  readonly stdin?: string
  /** Files by their path. */
  readonly files?: Readonly<Record<string, string>>
  /** The columns of the terminal. Without them, the outputs are pipes. */
  readonly columns?: number
  /** What the person types when asked for a secret. */
  readonly typed?: string
  readonly now?: () => number
  /** What modules export, by their path. */
  readonly modules?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Surroundings, and what was written to them. */
export interface MemorySurroundings extends Surroundings {
  readonly out: () => string
  readonly err: () => string
  readonly files: Files
  /** The files that are there, by their path. */
  readonly kept: ReadonlyMap<string, string>
  /** The paths of private files. */
  readonly privatePaths: ReadonlySet<string>
  /** The questions that were asked. */
  readonly questions: readonly string[]
  /** Asks the program to stop. */
  readonly interrupt: () => void
}

/** A fixed moment. */
const NOW_MS = 1_764_000_000_000

/** Creates the surroundings. */
export function memorySurroundings(given: Given = {}): MemorySurroundings {
  const kept = new Map(Object.entries(given.files ?? {}))
  const privatePaths = new Set<string>()
  const questions: string[] = []
  const [stdout, stderr] = [recorder(given.columns), recorder(given.columns)]
  const stopper = new AbortController()
  let octet = 0
  const read = (path: string): Promise<string> => {
    const text = kept.get(path)
    return text === undefined
      ? Promise.reject(Object.assign(new Error(`no ${path}`), { code: 'ENOENT' }))
      : Promise.resolve(text)
  }
  return {
    environment: { HOME: '/home/somebody', ...given.environment },
    stdin: {
      isTerminal: given.stdin === undefined,
      read: () => Promise.resolve(given.stdin ?? ''),
    },
    stdout: stdout.output,
    stderr: stderr.output,
    files: {
      read,
      readPrivate: read,
      write(path, text) {
        kept.set(path, text)
        return Promise.resolve()
      },
      writePrivate(path, text) {
        kept.set(path, text)
        privatePaths.add(path)
        return Promise.resolve()
      },
      makePrivate(path) {
        privatePaths.add(path)
        return Promise.resolve()
      },
      remove(path) {
        kept.delete(path)
        return Promise.resolve()
      },
    },
    askSecret(question) {
      questions.push(question)
      return Promise.resolve(given.typed)
    },
    importModule(path) {
      const exported = given.modules?.[path]
      return exported === undefined ? Promise.reject(new Error(`no ${path}`)) : Promise.resolve(exported)
    },
    now: given.now ?? (() => NOW_MS),
    // Different each time, and the same in each run.
    randomBytes: (length) => Uint8Array.from({ length }, () => (octet = (octet * 5 + 17) % 251)),
    stop: stopper.signal,
    out: stdout.text,
    err: stderr.text,
    kept,
    privatePaths,
    questions,
    interrupt: () => stopper.abort(),
  }
}

function recorder(columns: number | undefined): { readonly output: Output; readonly text: () => string } {
  const parts: string[] = []
  const isTerminal = columns !== undefined
  return {
    output: { write: (text) => void parts.push(text), isTerminal, columns, hasColors: isTerminal },
    text: () => parts.join(''),
  }
}
