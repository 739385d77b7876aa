/** What happened, as a sentence. Every fact in it comes from an event of a package, or from what a person did. */
import type { IntrospectionClientEvent } from '@token-introspection/client'
import type { ServerEvent } from '../engine/authorization-server.ts'
import type { Happening, OwnEvent } from '../engine/happening-log.ts'
import { sayDuration } from './say.ts'

/** How good it is. */
export type Tone = 'good' | 'bad' | 'warn' | 'plain'

/** A line of a log. */
export interface Line {
  readonly id: number
  readonly atMs: number
  readonly tone: Tone
  readonly text: string
}

type Told = Pick<Line, 'tone' | 'text'>

/** Describes a happening; `undefined` for one that would only repeat another. */
export function describeHappening(happening: Happening): Line | undefined {
  const told = tell(happening)
  return told && { id: happening.id, atMs: happening.atMs, ...told }
}

function tell(happening: Happening): Told | undefined {
  switch (happening.side) {
    case 'server':
      return tellServerEvent(happening.event)
    case 'api':
      return tellApiEvent(happening.event)
    default:
      return tellOwnEvent(happening.event)
  }
}

function tellServerEvent(event: ServerEvent): Told | undefined {
  switch (event.type) {
    case 'introspected': {
      const answer = event.active ? 'active' : `inactive (${event.reason})`
      return { tone: event.active ? 'good' : 'bad', text: `${event.protectedResource} asks about a token: ${answer}` }
    }
    case 'revoked':
      return { tone: 'plain', text: `${event.client} revokes a token: ${event.ended} ended` }
    case 'followed':
      return event.form === 'stream'
        ? {
            tone: 'plain',
            text: `a feed stream to ${event.protectedResource} ends: it has told ${count(event.events)}`,
          }
        : undefined
    case 'refused':
      return { tone: 'bad', text: `a request is refused with ${event.status}: ${event.error.code}` }
    case 'unexpected':
      return { tone: 'bad', text: `a request fails with ${event.status}` }
    default:
      return undefined
  }
}

function tellApiEvent(event: IntrospectionClientEvent): Told | undefined {
  switch (event.type) {
    case 'guarded':
      return event.allowed
        ? { tone: 'good', text: 'a call is allowed' }
        : { tone: 'bad', text: `a call is refused with ${event.status}: ${event.reason}` }
    case 'feed_changed':
      return FEED_CHANGES[event.change]
    case 'circuit_changed':
      return { tone: 'plain', text: `the circuit of the endpoint is ${event.state}` }
    case 'answer_unusable':
      return { tone: 'bad', text: event.message }
    default:
      return undefined
  }
}

const FEED_CHANGES: Readonly<Partial<Record<string, Told>>> = {
  failed: { tone: 'bad', text: 'the feed cannot be reached' },
  following: { tone: 'good', text: 'the feed works again' },
  listening: { tone: 'good', text: 'the feed tells revocations as they happen' },
  gap: { tone: 'plain', text: 'the feed has a gap' },
}

function tellOwnEvent(event: OwnEvent): Told {
  switch (event.type) {
    case 'issued':
      return { tone: 'plain', text: `token ${event.token} is issued` }
    case 'moved':
      return { tone: 'plain', text: `${sayDuration(event.seconds)} pass` }
    case 'api_started':
      return { tone: 'plain', text: 'the API starts, with an empty cache' }
    case 'revocation_failed':
      return { tone: 'bad', text: `token ${event.token} cannot be revoked: the server does not answer` }
    default:
      return {
        tone: 'good',
        text: `the feed tells the API of the revocation after ${sayDuration(event.afterMs / 1000)}`,
      }
  }
}

function count(events: number): string {
  return events === 1 ? '1 revocation' : `${events} revocations`
}
