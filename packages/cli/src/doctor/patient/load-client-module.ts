/** Loads the module of `--config`: what a program really uses. */
import { IntrospectionClient, type IntrospectionClientOptions } from '@token-introspection/client'
import { MisuseError } from '../../errors.ts'
import type { Surroundings } from '../../surroundings/surroundings.ts'

/** What the module exports. */
export type LoadedClient =
  | { readonly client: IntrospectionClient; readonly options?: undefined }
  | { readonly client?: undefined; readonly options: IntrospectionClientOptions }

/**
 * Loads the module. It runs, as any module does. The default export counts, else the first export that is a client.
 *
 * @throws MisuseError when it cannot be loaded, or exports neither.
 */
export async function loadClientModule(
  path: string,
  { importModule }: Pick<Surroundings, 'importModule'>,
): Promise<LoadedClient> {
  let exported: Readonly<Record<string, unknown>>
  try {
    exported = await importModule(path)
  } catch (error) {
    throw new MisuseError(
      `--config ${path}: cannot be loaded: ${error instanceof Error ? error.message : 'it threw'}`,
      {
        cause: error,
      },
    )
  }
  const value = exported['default'] ?? Object.values(exported).find(isClient)
  if (isClient(value)) return { client: value }
  if (typeof value === 'object' && value !== null && ('issuer' in value || 'endpoint' in value)) {
    return { options: value as IntrospectionClientOptions }
  }
  throw new MisuseError(`--config ${path}: must export an IntrospectionClient, or its options, as default`)
}

/** Another copy of the package has another class, so its methods decide. */
function isClient(value: unknown): value is IntrospectionClient {
  if (value instanceof IntrospectionClient) return true
  if (typeof value !== 'object' || value === null) return false
  return ['check', 'explain', 'statistics'].every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'function',
  )
}
