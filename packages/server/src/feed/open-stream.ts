/** Step `feed`, event stream: a follower gets every page until its time is over, it leaves, or it does not read. */
import { elapsedMs } from '@token-introspection/core'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import type { BodyReceiver, StreamedBody } from '../http/http-message.ts'
import { toMessage, type WrittenPage } from './feed-page.ts'
import type { Follower, Followers } from './followers.ts'
import { type PlacesStep, takePlace } from './take-place.ts'

/** The resolved options. */
export interface StreamStep extends PlacesStep {
  readonly followers: Followers
  /** The octets that may wait for a follower that reads slowly. */
  readonly maxUnsentBytes: number
  readonly maxStreamSeconds: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** From 0 up to 1. */
  readonly random: () => number
}

/**
 * Why a stream ended: its follower left (`left`) or did not read (`slow`), its time was over (`length`), the handler was closed
 * (`closed`), the log does not have the follower's position (`gap`), or the follower was more than a page behind and has to ask
 * first (`behind`).
 */
export type StreamEnd = 'left' | 'slow' | 'length' | 'closed' | 'gap' | 'behind'

/** What a stream was, when it is over. */
export interface EndedStream {
  readonly ended: StreamEnd
  /** The number of events that were sent. */
  readonly events: number
}

const encoder = new TextEncoder()
/** Tells the receiver and every proxy that the stream is open, and how long to wait before the next one. */
const BEGINNING = encoder.encode(': connected\nretry: 1000\n\n')
const HEARTBEAT = encoder.encode(': still there\n\n')

/** The octets of a page in a stream. */
export function toOctets(page: WrittenPage): Uint8Array {
  return encoder.encode(toMessage(page))
}

/**
 * Opens a stream that begins with a page.
 *
 * @param onEnd - called once, when it is over.
 * @throws FeedFollowersError when there is no place for it.
 */
export function openStream(
  first: WrittenPage,
  protectedResource: Pick<ProtectedResource, 'id'>,
  step: StreamStep,
  onEnd: (stream: EndedStream) => void,
): StreamedBody {
  const leave = takePlace(protectedResource, step)
  return (receiver) =>
    stream(first, receiver, step, (ended) => {
      leave()
      onEnd(ended)
    })
}

function stream(
  first: WrittenPage,
  receiver: BodyReceiver,
  { followers, maxUnsentBytes, maxStreamSeconds, now, random }: StreamStep,
  onEnd: (stream: EndedStream) => void,
): () => void {
  const startedMs = now()
  // Spread, so that followers that came together do not come back together.
  const lengthMs = maxStreamSeconds * 1000 * (0.9 + 0.1 * random())
  let events = 0
  let isOver = false

  function stop(ended: StreamEnd): boolean {
    if (isOver) return false
    isOver = true
    followers.remove(follower)
    onEnd({ ended, events })
    if (ended === 'slow') receiver.drop()
    else if (ended !== 'left') receiver.end()
    return false
  }

  function send(octets: Uint8Array): boolean {
    if (isOver) return false
    if (receiver.unsentBytes() + octets.byteLength > maxUnsentBytes) return stop('slow')
    receiver.send(octets)
    return !isOver
  }

  const follower: Follower = {
    deliver({ page, octets }) {
      if (!send(octets())) return false
      events += page.events.length
      return page.gap ? stop('gap') : true
    },
    beat() {
      if (receiver.isClosing?.() === true) return stop('closed')
      return elapsedMs(startedMs, now()) >= lengthMs ? stop('length') : send(HEARTBEAT)
    },
    close: () => void stop('closed'),
  }

  send(BEGINNING)
  if (follower.deliver({ page: first, octets: () => toOctets(first) })) {
    if (first.more) stop('behind')
    else if (followers.isClosed) stop('closed')
    else followers.add(first.position, follower)
  }
  return () => void stop('left')
}
