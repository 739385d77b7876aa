/** The options by which a command reaches an authorization server, and authenticates there. Several commands have them. */
import { type Command, Option } from 'commander'
import { wholeNumber } from '../program/parse-number.ts'

/** The methods of client authentication that a command can use, by their registered names. */
export const METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'Bearer',
  'none',
] as const

/** One of the methods. */
export type Method = (typeof METHODS)[number]

/** The options as the command line gives them. */
export interface ConnectionFlags {
  readonly issuer?: string
  readonly endpoint?: string
  readonly auth: Method
  readonly clientId?: string
  readonly clientSecretFile?: string
  readonly privateKeyFile?: string
  readonly keyAlgorithm?: string
  readonly keyId?: string
  readonly callerTokenFile?: string
  readonly certificateFile?: string
  readonly certificateKeyFile?: string
  readonly caFile?: string
  readonly timeout: number
  readonly dangerouslyAllowHttp?: boolean
}

/** The environment variables that stand for options. */
export const VARIABLES = {
  issuer: 'TOKEN_INTROSPECTION_ISSUER',
  endpoint: 'TOKEN_INTROSPECTION_ENDPOINT',
  clientId: 'TOKEN_INTROSPECTION_CLIENT_ID',
  clientSecret: 'TOKEN_INTROSPECTION_CLIENT_SECRET',
  callerToken: 'TOKEN_INTROSPECTION_CALLER_TOKEN',
  token: 'TOKEN_INTROSPECTION_TOKEN',
} as const

const GROUP = 'Authorization server:'

/** Adds the options to a command. */
export function withConnectionOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP)
    .option('--issuer <url>', 'its issuer; the metadata name the endpoint')
    .option('--endpoint <url>', 'its introspection endpoint, when there are no metadata')
    .addOption(
      new Option('--auth <method>', 'how to authenticate there').choices(METHODS).default('client_secret_basic'),
    )
    .option('--client-id <id>', 'identifier to authenticate with')
    .option('--client-secret-file <file>', 'secret (- reads standard input)')
    .option('--private-key-file <file>', 'private key as PEM or JWK, for private_key_jwt')
    .option('--key-algorithm <name>', 'algorithm of the key or secret, such as ES256')
    .option('--key-id <id>', 'kid of the key')
    .option('--caller-token-file <file>', 'access token of the caller, for Bearer (- reads standard input)')
    .option('--certificate-file <file>', 'client certificate as PEM, for tls_client_auth')
    .option('--certificate-key-file <file>', 'private key of the certificate')
    .option('--ca-file <file>', 'certificates to trust in place of those of the system')
    .option('--timeout <seconds>', 'time for one request', wholeNumber(1, 60), 5)
    .option('--dangerously-allow-http', 'allow http to another machine: token and secret cross the network unprotected')
    .optionsGroup('Options:')
}
