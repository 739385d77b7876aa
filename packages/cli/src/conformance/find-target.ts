/** Finds the introspection endpoint: by the metadata of an issuer, or the URL is the endpoint itself. */
import { authorizationServerMetadataUrls } from '@token-introspection/core'
import type { Dispatcher } from 'undici'
import { MisuseError, UnableError } from '../errors.ts'
import type { FoundMetadata } from './asker.ts'
import { toReply } from './reply.ts'
import { sendRequest } from '../connection/send-request.ts'

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
export async function findTarget(url: string, dispatcher: Dispatcher, timeoutMs: number): Promise<Target> {
  if (!URL.canParse(url)) throw new MisuseError(`${url}: must be a URL`)
  for (const address of authorizationServerMetadataUrls(url)) {
    const request = { method: 'GET', url: address, headers: { accept: 'application/json' }, body: '' }
    const answer = await sendRequest(request, dispatcher, { timeoutMs })
    const reply = toReply({ request, answer }, answer)
    if (reply.status !== 200 || reply.members === undefined) continue
    const { introspection_endpoint: endpoint } = reply.members
    if (typeof endpoint === 'string') return { endpoint, metadata: { issuer: url, reply } }
    throw new UnableError(
      `${address} names no introspection_endpoint: the server has none, or does not publish it. If you know its URL, give it in place of the issuer`,
    )
  }
  return { endpoint: url, metadata: undefined }
}
