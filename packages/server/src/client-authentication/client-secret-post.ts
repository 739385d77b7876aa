/** `client_secret_post` (RFC 6749 §2.3.1): identifier and secret in the form. */
import type { BasicCredentials, Form } from '@token-introspection/core'

/** The credentials in a form, or `undefined` without a secret. An empty secret counts as absent. */
export function readClientSecretPost(form: Form): BasicCredentials | undefined {
  const clientId = form.get('client_id')
  const clientSecret = form.get('client_secret')
  if (clientSecret === undefined) return undefined
  return { clientId: clientId ?? '', clientSecret }
}
