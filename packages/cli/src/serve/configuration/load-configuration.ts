/** Loads the configuration file of the server, or makes registrations up. */
import { MisuseError } from '../../errors.ts'
import { readNamedFile } from '../../surroundings/read-named-file.ts'
import type { Surroundings } from '../../surroundings/surroundings.ts'
import { makeUpConfiguration } from './made-up-configuration.ts'
import { readServeConfiguration, type ServeConfiguration } from './serve-configuration.ts'

/** The registrations, and where they come from. */
export interface LoadedConfiguration extends ServeConfiguration {
  /** Whether they were made up, so that nobody knows the secrets yet. */
  readonly isMadeUp: boolean
}

const MAX_BYTES = 1_048_576

/**
 * Loads the registrations.
 *
 * @throws MisuseError that names the file and the member that is wrong.
 */
export async function loadConfiguration(
  path: string | undefined,
  surroundings: Surroundings,
): Promise<LoadedConfiguration> {
  if (path === undefined) return { ...makeUpConfiguration(surroundings.randomBytes), isMadeUp: true }
  const text = await readNamedFile(path, { option: '--config', maxBytes: MAX_BYTES }, surroundings)
  return { ...parseConfiguration(text, path), isMadeUp: false }
}

function parseConfiguration(text: string, path: string): ServeConfiguration {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The message of the parser repeats a part of the text, which may be a secret.
    throw new MisuseError(`--config ${path}: is not JSON`)
  }
  try {
    return readServeConfiguration(value)
  } catch (error) {
    throw new MisuseError(`--config ${path}: ${(error as TypeError).message}`, { cause: error })
  }
}
