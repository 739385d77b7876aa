/** Reads a file that an option names. */
import { MisuseError } from '../errors.ts'
import type { Surroundings } from './surroundings.ts'

/** Standard input, as a path. */
const STANDARD_INPUT = '-'

/**
 * Reads a text. `-` is standard input.
 *
 * @throws MisuseError that names the option and the path, when the file cannot be read.
 */
export async function readNamedFile(
  path: string,
  { option, maxBytes }: { readonly option: string; readonly maxBytes: number },
  { files, stdin }: Pick<Surroundings, 'files' | 'stdin'>,
): Promise<string> {
  try {
    return path === STANDARD_INPUT ? await stdin.read(maxBytes) : await files.read(path, maxBytes)
  } catch (error) {
    throw new MisuseError(`${option} ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EACCES':
      return 'this user may not read the file'
    case 'EISDIR':
      return 'this is a directory, and must be a file'
    default:
      return error instanceof Error ? error.message : 'the file cannot be read'
  }
}
