/** Follows the feed of revocations of a runtime over HTTP: opens a stream, revokes, and reads the event. */
import { isDeepStrictEqual } from 'node:util'
import { basic } from './basic.ts'
import { SECRET } from './endpoint.ts'

const EVENT_MS = 10_000

/** Follows the feed, and reports every fault. */
export async function followFeedOf(port: number): Promise<string[]> {
  const url = `http://127.0.0.1:${port}/revocations`
  const ask = (query: string, accept: string) =>
    fetch(url + query, {
      headers: { authorization: basic('orders-api', SECRET), accept },
      signal: AbortSignal.timeout(EVENT_MS),
    })
  const first = (await (await ask('', 'application/json')).json()) as Page
  const stream = await ask(`?after=${first.position}`, 'text/event-stream')
  const { position } = (await (await ask('?session=s1', 'application/json')).json()) as Page
  const page = (await (await ask(`?after=${first.position}`, 'application/json')).json()) as Page
  const [event] = page.events
  const problems = [
    ...(page.events.length === 1 && event?.kind === 'session' ? [] : [`the question has ${JSON.stringify(page)}`]),
    ...(page.position === position && event?.previous === first.position ? [] : ['the event is not the next one']),
  ]
  const streamed = await firstEvents(stream)
  return isDeepStrictEqual(streamed, page.events)
    ? problems
    : [...problems, `the stream has ${JSON.stringify(streamed)}`]
}

interface Page {
  readonly position: string
  readonly events: readonly { readonly kind: string; readonly previous: string }[]
}

/** The events of the first page of a stream that has some. */
async function firstEvents(stream: Response): Promise<unknown> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const octets of stream.body ?? []) {
    text += decoder.decode(octets as Uint8Array, { stream: true })
    for (const [, data = ''] of text.matchAll(/^data: (.*)\n\n/gm)) {
      const { events } = JSON.parse(data) as Page
      if (events.length > 0) return events
    }
  }
  return text
}
