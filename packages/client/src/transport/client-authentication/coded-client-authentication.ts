/** A client authentication whose functions throw coded errors only, whoever wrote it. */
import type { ClientAuthentication } from './client-authentication.ts'
import { callFunction } from './found-credential.ts'

/**
 * Makes a client authentication throw and reject with coded errors. An application may give an object of its own, and its functions may
 * throw anything. Then the call fails with `SecretUnavailableError`, and a guard answers 503. A coded error is thrown as it is.
 */
export function codedClientAuthentication(own: ClientAuthentication): ClientAuthentication {
  const by = (name: string) => ({ option: `clientAuthentication.${name}`, clientId: own.clientId })
  return {
    // A method that is chosen by the metadata is known later.
    get method() {
      return own.method
    },
    get clientId() {
      return own.clientId
    },
    get cacheKeyPart() {
      return own.cacheKeyPart
    },
    get advice() {
      return own.advice
    },
    authenticate: (draft) => callFunction(() => own.authenticate(draft), by('authenticate')),
    ...(own.signRequest !== undefined && {
      signRequest: (request) => callFunction(() => own.signRequest?.(request) ?? {}, by('signRequest')),
    }),
    ...(own.renew !== undefined && {
      renew: (refused, refusal) => callFunction(() => own.renew?.(refused, refusal) ?? false, by('renew')),
    }),
  }
}
