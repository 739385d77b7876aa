/** Reads a secret from a file, standard input, the environment or a person. */
import { MisuseError, UnableError } from '../errors.ts'
import { readNamedFile } from '../surroundings/read-named-file.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'

/** Where a secret may come from. */
export interface SecretSource {
  /** What it is, for messages and for the question, such as `secret of the client orders-api`. */
  readonly what: string
  /** The option that names a file, such as `--client-secret-file`. */
  readonly option: string
  /** The value of that option. `-` is standard input. */
  readonly path: string | undefined
  /** The environment variable. */
  readonly variable: string
}

/** The octets of a secret, a key or a token, at most. */
const MAX_BYTES = 65_536

/**
 * The secret, from the first of these that is there: the file, the environment variable, and the person at the terminal. One line end
 * after the secret is not part of it.
 *
 * @throws MisuseError when it is nowhere, or empty.
 */
export async function readSecret(source: SecretSource, surroundings: Surroundings): Promise<string> {
  const given = await findSecret(source, surroundings)
  if (given !== undefined) return given
  const { what, option, variable } = source
  if (!surroundings.stdin.isTerminal || !surroundings.stderr.isTerminal) {
    throw new MisuseError(`the ${what} is missing: set ${variable}, or give ${option} <file> (- reads standard input)`)
  }
  const answer = await surroundings.askSecret(`Type the ${what}`)
  if (answer === undefined) throw new UnableError(`nobody typed the ${what}`)
  return requireText(answer, `the ${what}`)
}

/** The secret from the file or the environment variable. `undefined` without both. Nobody is asked. */
export async function findSecret(source: SecretSource, surroundings: Surroundings): Promise<string | undefined> {
  const { option, path, variable } = source
  if (path !== undefined) {
    return requireText(await readNamedFile(path, { option, maxBytes: MAX_BYTES }, surroundings), `${option} ${path}`)
  }
  const value = surroundings.environment[variable]
  return value === undefined ? undefined : requireText(value, variable)
}

function requireText(text: string, where: string): string {
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new MisuseError(`${where}: is empty`)
  return secret
}
