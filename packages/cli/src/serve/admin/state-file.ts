/** The file by which the commands `issue`, `list` and `revoke` find the running server and its secret. */
import { join } from 'node:path'
import { MisuseError, UnableError } from '../../errors.ts'
import type { Environment, Surroundings } from '../../surroundings/surroundings.ts'

/** What the file holds. */
export interface ServerState {
  /** Where the server listens. */
  readonly url: string
  /** The secret of its admin path. */
  readonly secret: string
}

const MAX_BYTES = 4096

/** The directory of the files: `--state`, or the directory of the user for such files. */
export function stateDirectory(given: string | undefined, environment: Environment): string {
  if (given !== undefined) return given
  const base = environment['XDG_STATE_HOME'] || environment['LOCALAPPDATA']
  if (base) return join(base, 'token-introspection')
  const home = environment['HOME'] || environment['USERPROFILE']
  if (home) return join(home, '.local', 'state', 'token-introspection')
  throw new MisuseError('--state: is required, because neither XDG_STATE_HOME nor HOME is set')
}

/** The file of the server at a port. */
export function stateFile(directory: string, port: number): string {
  return join(directory, `serve-${port}.json`)
}

/**
 * Finds the running server.
 *
 * @throws UnableError when there is no file of a server at this port.
 */
export async function findServer(
  { state, port }: { readonly state: string | undefined; readonly port: number },
  { environment, files }: Pick<Surroundings, 'environment' | 'files'>,
): Promise<ServerState> {
  const path = stateFile(stateDirectory(state, environment), port)
  try {
    return readState(await files.readPrivate(path, MAX_BYTES))
  } catch (error) {
    if (error instanceof UnableError) throw error
    throw new UnableError(
      `no server of this user is at port ${port} (${path} cannot be read). Start one with "token-introspection serve", or name its port with --port`,
      { cause: error },
    )
  }
}

function readState(text: string): ServerState {
  const { url, secret } = JSON.parse(text) as Partial<ServerState>
  if (typeof url !== 'string' || typeof secret !== 'string') throw new TypeError('the file is not of this version')
  return { url, secret }
}
