/** Faults of step `credentials`: the endpoint refuses this resource server. */
import { shellWord } from '../../terminal/shell-word.ts'
import type { Fault } from '../diagnosis.ts'

type Parts = Pick<Fault, 'found' | 'fix'> & Partial<Fault>

function credentialsFault(name: string, parts: Parts): Fault {
  return {
    name,
    step: 'credentials',
    side: 'resource_server',
    clause: 'RFC 6749 §2.3.1',
    command: undefined,
    isSure: true,
    ...parts,
  }
}

/** The registered client, and how it was refused. */
export interface Refused {
  readonly url: string
  readonly clientId: string | undefined
  readonly method: string
  /** Such as `401 invalid_client`. */
  readonly said: string
}

function who({ clientId, method }: Refused): string {
  return clientId === undefined ? method : `${method} as ${clientId}`
}

/** curl asks for the secret, so it is in no history. It sends it without form-encoding. */
function askForSecret({ url, clientId }: Refused): string {
  return `curl -sS -u ${shellWord(clientId ?? 'ID')} -d token=x ${shellWord(url)}`
}

/** How each method is made. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  client_secret_basic: 'clientSecretBasic(id, secret)',
  client_secret_post: 'clientSecretPost(id, secret)',
  client_secret_jwt: 'clientSecretJwt(id, secret)',
  private_key_jwt: 'privateKeyJwt(id, key)',
  tls_client_auth: 'tlsClientAuth(id) with transport.tls',
  self_signed_tls_client_auth: 'selfSignedTlsClientAuth(id) with transport.tls',
}

function useMethod(method: string): string {
  const made = Object.hasOwn(FUNCTIONS, method) ? FUNCTIONS[method] : undefined
  return made === undefined ? method : `${made}; on the command line, --auth ${method}`
}

function functionOf({ method }: Refused): string {
  return method === 'client_secret_jwt' ? 'clientSecretJwt' : 'privateKeyJwt'
}

/** Creates the faults. */
export const credentialsFaults = {
  basicEncoding: (refused: Refused, wanted: 'form' | 'raw' | 'latin1'): Fault => {
    const isOurs = wanted === 'form'
    return credentialsFault('basic_encoding', {
      side: isOurs ? 'resource_server' : 'authorization_server',
      found: `${refused.url} refuses ${who(refused)} (${refused.said}), and accepts the same identifier and secret with the encoding '${wanted}'. They hold characters that the two encodings write differently.`,
      fix: isOurs
        ? 'Leave out the option encoding of clientSecretBasic: the server decodes as RFC 6749 says.'
        : `Set clientSecretBasic(id, secret, { encoding: '${wanted}' }), use clientSecretPost, or choose a secret of letters and digits: the server does not decode as RFC 6749 says.`,
      command: askForSecret(refused),
    })
  },
  wrongMethod: (refused: Refused, wanted: readonly string[], isTried: boolean): Fault =>
    credentialsFault('wrong_method', {
      found: isTried
        ? `${refused.url} refuses ${who(refused)} (${refused.said}), and accepts the same credentials by ${wanted.join(' or ')}.`
        : `${refused.url} refuses ${who(refused)} (${refused.said}), and the metadata name only ${wanted.join(', ')}.`,
      fix: `Use ${wanted.map(useMethod).join(', or ')}. Or change token_endpoint_auth_method in the registration of ${refused.clientId ?? 'this client'}.`,
      clause: 'RFC 7591 §2',
      command: askForSecret(refused),
      isSure: isTried,
    }),
  twoMethods: (refused: Refused): Fault =>
    credentialsFault('two_methods', {
      found: `The request has credentials in the Authorization field and in the form, and ${refused.url} refuses it (${refused.said}).`,
      fix: 'Authenticate in one way. Remove client_secret and client_assertion from the form, or the Authorization field; look also at what a gateway adds.',
      clause: 'RFC 6749 §2.3',
      command: askForSecret(refused),
    }),
  assertionAudience: (refused: Refused, sent: string, wanted: string): Fault =>
    credentialsFault('assertion_audience', {
      found: `${refused.url} refuses an assertion with aud '${sent}' (${refused.said}), and accepts one with aud '${wanted}'.`,
      fix: `Set the option audience of ${functionOf(refused)} to '${wanted}'.`,
      clause: 'RFC 7523 §3',
    }),
  assertionForm: (refused: Refused, difference: string): Fault =>
    credentialsFault('assertion_form', {
      found: `${refused.url} refuses the assertion (${refused.said}), and accepts one ${difference}.`,
      fix: `Set the option sendClientId of ${functionOf(refused)} to true.`,
      clause: 'RFC 7521 §4.2',
    }),
  notPermitted: (refused: Refused): Fault =>
    credentialsFault('not_permitted', {
      found: `${refused.url} knows ${who(refused)}, and does not let it introspect (${refused.said}).`,
      fix: 'Allow introspection for it at the authorization server: by a role, a scope, or a setting of the client. A public client, without a secret, often may not.',
      clause: 'RFC 7662 §2.1',
      command: askForSecret(refused),
      isSure: false,
    }),
  refused: (refused: Refused): Fault =>
    credentialsFault('credentials_refused', {
      found: `${refused.url} refuses ${who(refused)} (${refused.said}), however the credentials are sent.`,
      fix: `Compare the identifier and the secret or key with the registration at the authorization server, and see whether it is enabled there.`,
      command: askForSecret(refused),
      isSure: false,
    }),
  hintRefused: (refused: Refused, hint: string): Fault =>
    credentialsFault('hint_refused', {
      step: 'answer',
      side: 'authorization_server',
      found: `${refused.url} refuses a request with token_type_hint ${hint} (${refused.said}), and answers it without.`,
      fix: 'Leave out token.tokenTypeHint. A server may ignore a hint that it does not know, and should not refuse it.',
      clause: 'RFC 7662 §2.1',
    }),
} as const
