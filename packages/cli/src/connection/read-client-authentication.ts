/** The client authentication that the options ask for. */
import {
  type AssertionAlgorithm,
  bearerToken,
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  dangerouslyNoClientAuthentication,
  type PrivateKey,
  privateKeyJwt,
  tlsClientAuth,
} from '@token-introspection/client'
import { MisuseError } from '../errors.ts'
import { findSecret, readSecret } from '../secrets/read-secret.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import { type ConnectionFlags, VARIABLES } from './connection-options.ts'
import type { KnownSecrets } from './known-secrets.ts'

/** How the command authenticates. */
export interface CallerCredentials {
  readonly clientAuthentication: ClientAuthentication
  /** The secret, if the method has one. */
  readonly clientSecret: string | undefined
}

/**
 * Reads the credentials, and notes them as secrets.
 *
 * @throws MisuseError that names the option that is missing or wrong.
 */
export async function readClientAuthentication(
  flags: ConnectionFlags,
  surroundings: Surroundings,
  secrets: KnownSecrets,
): Promise<CallerCredentials> {
  let clientSecret: string | undefined
  const clientId = flags.clientId ?? surroundings.environment[VARIABLES.clientId]
  const algorithm = flags.keyAlgorithm

  async function readClientSecret(): Promise<string> {
    const id = requireClientId()
    const what = `secret of ${id}`
    clientSecret = await readSecret(
      { what, option: '--client-secret-file', path: flags.clientSecretFile, variable: VARIABLES.clientSecret },
      surroundings,
    )
    secrets.addClientSecret(id, clientSecret)
    return clientSecret
  }

  function requireClientId(): string {
    if (clientId) return clientId
    throw new MisuseError(`--client-id: is required with --auth ${flags.auth}; or set ${VARIABLES.clientId}`)
  }

  async function read(): Promise<ClientAuthentication> {
    switch (flags.auth) {
      case 'client_secret_basic':
        return clientSecretBasic(requireClientId(), await readClientSecret())
      case 'client_secret_post':
        return clientSecretPost(requireClientId(), await readClientSecret())
      case 'client_secret_jwt':
        return clientSecretJwt(requireClientId(), await readClientSecret(), {
          ...(algorithm !== undefined && { algorithm: algorithm as 'HS256' }),
        })
      case 'private_key_jwt':
        return privateKeyJwt(requireClientId(), await readPrivateKey(flags, surroundings), {
          ...(algorithm !== undefined && { algorithm: algorithm as AssertionAlgorithm }),
          ...(flags.keyId !== undefined && { keyId: flags.keyId }),
        })
      case 'tls_client_auth':
        return tlsClientAuth(requireClientId())
      case 'Bearer': {
        const token = await readSecret(
          {
            what: 'access token of the caller',
            option: '--caller-token-file',
            path: flags.callerTokenFile,
            variable: VARIABLES.callerToken,
          },
          surroundings,
        )
        secrets.add(token, 'access token of the caller')
        return bearerToken(token)
      }
      default:
        return dangerouslyNoClientAuthentication(clientId ? { clientId } : {})
    }
  }

  const clientAuthentication = await read()
  return { clientAuthentication, clientSecret }
}

async function readPrivateKey(flags: ConnectionFlags, surroundings: Surroundings): Promise<PrivateKey> {
  const source = {
    what: 'private key',
    option: '--private-key-file',
    path: flags.privateKeyFile,
    variable: 'TOKEN_INTROSPECTION_PRIVATE_KEY',
  }
  const text = await findSecret(source, surroundings)
  if (text === undefined) throw new MisuseError('--private-key-file: is required with --auth private_key_jwt')
  if (!text.trimStart().startsWith('{')) return text
  try {
    return JSON.parse(text) as PrivateKey
  } catch {
    // The message of the parser repeats a part of the key.
    throw new MisuseError(`--private-key-file ${flags.privateKeyFile ?? ''}: is neither PEM nor a JWK`)
  }
}
