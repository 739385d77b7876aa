/** The context that a client gives its authentication method. */
import { encodeForm, FORM_MEDIA_TYPE, JSON_MEDIA_TYPE, type UrlRules, withoutQuery } from '@token-introspection/core'
import { isCertificateMethod } from './client-authentication/certificate-authentication.ts'
import type { ClientContext } from './client-authentication/client-authentication.ts'
import type { Deadlines } from './deadline.ts'
import { isEndpoint } from './is-endpoint.ts'
import type { EndpointUse } from './metadata/endpoint-of.ts'
import { readJsonReply } from './read-reply.ts'
import type { SentCredentials } from './sent-credentials.ts'
import type { Send, TransportRequest } from './transport.ts'

/** The settings of the context. */
export interface ContextSettings {
  readonly issuer: string | undefined
  readonly urlRules: UrlRules
  readonly send: Send
  /** Deadlines of work that calls share: twice as long as the deadline of a call. */
  readonly deadlines: Deadlines
  readonly maxResponseBytes: number
  readonly credentials: SentCredentials
  readonly hasClientCertificate: boolean | undefined
  readonly assertion: ClientContext['assertion']
  readonly now: () => number
  readonly findEndpoint: (use: EndpointUse) => Promise<string>
  readonly findSupportedMethods: ClientContext['findSupportedMethods']
}

/** Creates the context. */
export function createClientContext(settings: ContextSettings): ClientContext {
  const { issuer, hasClientCertificate, assertion, now, urlRules, deadlines } = settings
  return {
    issuer,
    hasClientCertificate,
    assertion,
    now,
    deadlineMs: deadlines.durationMs / 2,
    isEndpoint: (url) => URL.canParse(url) && isEndpoint(new URL(url), urlRules),
    findEndpoint: (name, method) => settings.findEndpoint({ name, withCertificate: isCertificateMethod(method) }),
    findSupportedMethods: settings.findSupportedMethods,
    async postForm(url, headers, parameters) {
      const deadline = deadlines.start()
      const asked = `token request at ${withoutQuery(url)}`
      deadline.waitsFor = () => asked
      try {
        const request: TransportRequest = {
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
        }
        settings.credentials.note(request.headers, parameters)
        return readJsonReply(await settings.send(request), asked, { sent: [request] })
      } finally {
        deadline.settle()
      }
    },
  }
}
