/** Step `transport`: which answers are read as they come. */
import { EVENT_STREAM_MEDIA_TYPE, parseMediaType } from '@token-introspection/core'
import type { TransportReply } from './transport.ts'

/** The body of an answer that is read as it comes. */
export const NO_OCTETS: Uint8Array = new Uint8Array()

/** Whether an answer is an event stream. Its body may never end. */
export function isEventStream(reply: Omit<TransportReply, 'body'>): boolean {
  return reply.status === 200 && parseMediaType(reply.header('content-type')) === EVENT_STREAM_MEDIA_TYPE
}
