/** Finds out which client asks at the token endpoint (RFC 6749 §2.3.1). */
import { decodeBasicCredentials, type Form, parseAuthorization } from '@token-introspection/core'
import type { ServedClient } from '../configuration/serve-configuration.ts'
import { isSameSecret } from './same-secret.ts'

/** The client whose identifier and secret are in the `Authorization` field or in the form, but not in both. */
export function authenticateClient(
  authorization: string | undefined,
  form: Form,
  clients: readonly ServedClient[],
): ServedClient | undefined {
  const inForm = { clientId: form.get('client_id'), clientSecret: form.get('client_secret') }
  if (authorization === undefined) return find(inForm.clientId, inForm.clientSecret, clients)
  if (inForm.clientSecret !== undefined) return undefined
  const credentials = parseAuthorization(authorization)
  if (credentials?.scheme !== 'basic') return undefined
  const basic = decodeBasicCredentials(credentials.token)
  const raw = decodeBasicCredentials(credentials.token, 'raw')
  return find(basic?.clientId, basic?.clientSecret, clients) ?? find(raw?.clientId, raw?.clientSecret, clients)
}

function find(
  id: string | undefined,
  secret: string | undefined,
  clients: readonly ServedClient[],
): ServedClient | undefined {
  if (id === undefined || secret === undefined) return undefined
  const client = clients.find((each) => each.id === id)
  // An unknown client costs as much as a wrong secret.
  const isSame = isSameSecret(secret, client?.secret ?? '')
  return isSame ? client : undefined
}
