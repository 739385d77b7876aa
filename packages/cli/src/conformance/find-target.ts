/** Finds the introspection endpoint: by the metadata of an issuer, or the URL is the endpoint itself. */
import { authorizationServerMetadataUrls } from '@token-introspection/core'
import type { Dispatcher } from 'undici'
import { MisuseError, UnableError } from '../errors.ts'
import type { FoundMetadata } from './asker.ts'
import { toReply } from './reply.ts'
import { type SendLimits, sendRequest } from '../connection/send-request.ts'

/** Longer ones are no URLs that a server means. */
const MAX_URL = 2048

/** What to test. */
export interface Target {
  readonly endpoint: string
  readonly metadata: FoundMetadata | undefined
}

/**
 * Finds the endpoint.
 *
 * @param url - the issuer or the endpoint.
 * @throws UnableError when there are metadata without an introspection endpoint.
 */
export async function findTarget(url: string, dispatcher: Dispatcher, limits: SendLimits): Promise<Target> {
  if (!URL.canParse(url)) throw new MisuseError(`${url}: must be a URL`)
  for (const address of authorizationServerMetadataUrls(url)) {
    const request = { method: 'GET', url: address, headers: { accept: 'application/json' }, body: '' }
    const answer = await sendRequest(request, dispatcher, limits)
    const reply = toReply({ request, answer }, answer)
    if (reply.status !== 200 || reply.members === undefined) continue
    const { introspection_endpoint: endpoint } = reply.members
    if (typeof endpoint === 'string') {
      if (URL.canParse(endpoint) && endpoint.length <= MAX_URL) return { endpoint, metadata: { issuer: url, reply } }
      throw new UnableError(
        `${address} names an introspection_endpoint that is no URL, or one of more than ${MAX_URL} characters`,
      )
    }
    throw new UnableError(
      `${address} names no introspection_endpoint: the server has none, or does not publish it. If you know its URL, give it in place of the issuer`,
    )
  }
  return { endpoint: url, metadata: undefined }
}
