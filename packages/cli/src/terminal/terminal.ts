/** How commands talk: results on standard output, everything else on standard error. */
import { visibleJson, visibleText } from '@token-introspection/core'
import type { Environment, Surroundings } from '../surroundings/surroundings.ts'
import { plainText, showsUnicode } from './plain-text.ts'
import { createStyle, type Style } from './style.ts'

/** A result: a value for programs, and lines for people. */
export interface Result {
  /** What `--json` prints. */
  readonly value: unknown
  /** What people read. */
  readonly lines: (format: Format) => readonly string[]
}

/** How lines are made. */
export interface Format {
  readonly style: Style
  /** The columns of a line. */
  readonly width: number
  /** Milliseconds since the epoch, for relative times. */
  readonly now: number
}

/** The outputs of a command. */
export interface Terminal {
  /** Whether standard output gets one JSON document and nothing else. */
  readonly isJson: boolean
  /** Prints the result of the command. With `--json` call it once. */
  print(result: Result): void
  /** Tells the person something beside the result, on standard error. */
  tell(message: string | ((format: Format) => readonly string[])): void
}

/** A width for pipes and files. */
const DEFAULT_WIDTH = 80
/** Longer lines are hard to read. */
const MAX_WIDTH = 120
/** Narrower terminals get lines that they break themselves. */
const MIN_WIDTH = 40

/** Creates the outputs. */
export function createTerminal(
  { stdout, stderr, environment, now }: Pick<Surroundings, 'stdout' | 'stderr' | 'environment' | 'now'>,
  { isJson = false }: { readonly isJson?: boolean | undefined } = {},
): Terminal {
  const formatOf = (output: typeof stdout): Format => ({
    style: createStyle(output, environment),
    width: Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, output.columns ?? DEFAULT_WIDTH)),
    now: now(),
  })
  return {
    isJson,
    print({ value, lines }) {
      stdout.write(
        isJson ? `${visibleJson(JSON.stringify(value, undefined, 2))}\n` : join(lines(formatOf(stdout)), environment),
      )
    },
    tell(message) {
      stderr.write(
        typeof message === 'string' ? `${visibleText(message)}\n` : join(message(formatOf(stderr)), environment),
      )
    },
  }
}

function join(lines: readonly string[], environment: Environment): string {
  const text = lines.map((line) => `${line}\n`).join('')
  return showsUnicode(environment) ? text : plainText(text)
}
