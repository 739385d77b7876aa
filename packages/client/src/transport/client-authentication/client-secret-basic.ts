/** `client_secret_basic`: identifier and secret in the `Authorization` field (RFC 6749 §2.3.1). */
import { type BasicCredentials, type BasicEncoding, encodeBasicCredentials } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { authenticateWithFoundSecret, type Findable } from './authenticate-with-found-secret.ts'
import { type ClientAuthentication, checkClientId, checkSecretCredentials } from './client-authentication.ts'

/** Options of {@link clientSecretBasic}. */
export interface ClientSecretBasicOptions {
  /**
   * How identifier and secret are encoded before base64. Default `form`, as RFC 6749 §2.3.1 requires, with unreserved
   * characters unescaped. `raw` is for servers that do not decode. `latin1` is for servers that read the octets as
   * ISO-8859-1, although RFC 7617 §2.1 says UTF-8. The two differ only for characters outside ASCII.
   */
  readonly encoding?: BasicEncoding | undefined
}

/**
 * Authenticates with `client_secret_basic`.
 *
 * @param clientSecret - the secret, or a function that finds it with each request.
 * @throws TypeError when identifier or secret is empty or holds control characters; when the encoding is not `form` and
 * the identifier holds a colon; or when the encoding is `latin1` and a character is not in ISO-8859-1.
 * @example
 * ```ts
 * import { clientSecretBasic } from '@token-introspection/client'
 *
 * clientSecretBasic('orders-api', 's3cr3t')
 * clientSecretBasic('orders-api', 's3cr3t:%', { encoding: 'raw' })
 * clientSecretBasic('orders-api', () => process.env['ORDERS_API_SECRET'] ?? '')
 * ```
 */
export function clientSecretBasic(
  clientId: string,
  clientSecret: Findable<string>,
  options: ClientSecretBasicOptions = {},
): ClientAuthentication {
  const encoding = new OptionGroup('', options, ['encoding']).oneOf('encoding', ['form', 'raw', 'latin1'], 'form')
  if (typeof clientSecret === 'function') {
    checkClientId(clientId)
    return authenticateWithFoundSecret({ method: 'client_secret_basic', clientId }, clientSecret, (secret) =>
      clientSecretBasic(clientId, secret, { encoding }),
    )
  }
  checkSecretCredentials(clientId, clientSecret)
  const credentials = { clientId, clientSecret }
  const authorization = encodeBasicCredentials(credentials, encoding)
  return {
    method: 'client_secret_basic',
    clientId,
    advice: adviceFor(credentials, encoding, authorization),
    authenticate(draft) {
      draft.headers['authorization'] = authorization
    },
  }
}

/**
 * Suggests another encoding, if the secret has characters that encodings treat differently. Ordinary secrets are the
 * same in all.
 */
function adviceFor(credentials: BasicCredentials, encoding: BasicEncoding, authorization: string): string | undefined {
  const isAscii = /^[\x00-\x7f]*$/.test(credentials.clientId + credentials.clientSecret)
  const charset = isAscii
    ? ''
    : '. It has characters outside ASCII, which some servers read as ISO-8859-1: compare the encodings "raw" and "latin1", or choose a secret in ASCII'
  if (encoding !== 'form') {
    const isOrdinary = encodeBasicCredentials(credentials, 'form') === authorization
    return isOrdinary
      ? undefined
      : `The secret has characters that RFC 6749 requires to be encoded: try without encoding: '${encoding}'${charset}`
  }
  const isOrdinary = !credentials.clientId.includes(':') && encodeBasicCredentials(credentials, 'raw') === authorization
  return isOrdinary
    ? undefined
    : `The identifier or secret has characters that were encoded by RFC 6749, which not every server decodes: try encoding: 'raw' or clientSecretPost${charset}`
}
