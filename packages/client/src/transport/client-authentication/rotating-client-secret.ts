/** `client_secret_basic` and `client_secret_post` with a secret that changes while the process runs. */
import { OptionGroup } from '@token-introspection/core/options'
import { type ClientAuthentication, checkClientId } from './client-authentication.ts'
import { clientSecretBasic, type ClientSecretBasicOptions } from './client-secret-basic.ts'
import { clientSecretPost } from './client-secret-post.ts'

/** Options of {@link rotatingClientSecret}. */
export interface RotatingClientSecretOptions extends ClientSecretBasicOptions {
  /** Where to send the secret. Default `client_secret_basic`. */
  readonly method?: 'client_secret_basic' | 'client_secret_post' | undefined
}

/**
 * Authenticates with the secret that `findSecret` returns, so that you can rotate it without a restart.
 *
 * The client calls it for every request, and once more when a request is answered 401 or 403. If the secret has
 * changed, the client repeats the request with it. Keep the secret in memory, and update it in the background.
 *
 * @throws TypeError when the identifier or an option is wrong. With a request `SecretUnavailableError`, when the function fails or
 * returns no secret.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises'
 * import { rotatingClientSecret } from '@token-introspection/client'
 *
 * let secret = await readFile('/run/secrets/orders-api', 'utf8')
 * process.on('SIGHUP', async () => (secret = await readFile('/run/secrets/orders-api', 'utf8')))
 *
 * export const clientAuthentication = rotatingClientSecret('orders-api', () => secret)
 * ```
 */
export function rotatingClientSecret(
  clientId: string,
  findSecret: () => string | Promise<string>,
  options: RotatingClientSecretOptions = {},
): ClientAuthentication {
  checkClientId(clientId)
  if (typeof findSecret !== 'function') throw new TypeError('findSecret: must be a function')
  const group = new OptionGroup('', options, ['method', 'encoding'])
  const method = group.oneOf('method', ['client_secret_basic', 'client_secret_post'], 'client_secret_basic')
  const encoding = group.oneOf('encoding', ['form', 'raw', 'latin1'], 'form')
  if (method === 'client_secret_post' && group.has('encoding'))
    throw group.error('encoding', 'is for client_secret_basic alone')
  return method === 'client_secret_basic'
    ? clientSecretBasic(clientId, findSecret, { encoding })
    : clientSecretPost(clientId, findSecret)
}
