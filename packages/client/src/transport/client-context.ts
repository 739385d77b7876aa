/** What a client authentication method gets to know of the client it is for. */
import { encodeForm, FORM_MEDIA_TYPE, JSON_MEDIA_TYPE } from '@token-introspection/core'
import { isCertificateMethod } from './client-authentication/certificate-authentication.ts'
import type { ClientContext } from './client-authentication/client-authentication.ts'
import { discoverEndpoint, type DiscoverySettings } from './discover-endpoint.ts'
import { isEndpoint } from './is-endpoint.ts'
import { readJsonReply } from './read-reply.ts'

/** What it is made of. */
export interface ContextSettings extends Omit<DiscoverySettings, 'issuer'> {
  readonly issuer: string | undefined
  readonly hasClientCertificate: boolean | undefined
  readonly now: () => number
}

/** Creates the context. */
export function createClientContext(settings: ContextSettings): ClientContext {
  const { issuer, hasClientCertificate, now, urlRules } = settings
  return {
    issuer,
    hasClientCertificate,
    now,
    isEndpoint: (url) => URL.canParse(url) && isEndpoint(new URL(url), urlRules),
    async findEndpoint(name, method) {
      if (issuer === undefined) throw new TypeError('issuer: is required to find an endpoint')
      return discoverEndpoint(name, { ...settings, issuer, withCertificate: isCertificateMethod(method) })
    },
    async postForm(url, headers, parameters) {
      const deadline = settings.deadlines.start()
      try {
        const reply = await settings.send({
          method: 'POST',
          url,
          headers: {
            accept: JSON_MEDIA_TYPE,
            'accept-encoding': 'identity',
            'content-type': FORM_MEDIA_TYPE,
            ...headers,
          },
          body: encodeForm(Object.entries(parameters)),
          maxResponseBytes: settings.maxResponseBytes,
          cancellation: deadline,
        })
        return readJsonReply(reply, 'token request')
      } finally {
        deadline.settle()
      }
    },
  }
}
