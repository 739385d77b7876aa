/** How late the API can notice a revocation, and what happened when. */
import type { Lateness, PlaygroundView } from '../engine/playground.ts'
import { BOUNDS } from '../engine/settings.ts'
import { BUNDLES } from './bundle-sizes.ts'
import { describeHappening } from './describe-happening.ts'
import { sayCall } from './outcomes.ts'
import { sayDuration, sayTime } from './say.ts'

/** The most moments of the timeline. */
const MOST_MOMENTS = 10

export function renderLateness(view: PlaygroundView) {
  const { worst, lateness, kept } = view
  const stated = view.calls.findLast((call) => call.liveness !== undefined)?.liveness
  return (
    <section class="playground-late" aria-labelledby="playground-late-title">
      <h2 id="playground-late-title">How late can the API notice a revocation?</h2>
      <div class="playground-late-facts">
        <div>
          <p class="playground-big">
            At most <strong>{sayDuration(worst.seconds)}</strong>
          </p>
          <p>{sayWhy(worst, view)}</p>
          {renderBar('For a revocation just after the API has asked', worst.seconds)}
          {lateness.seconds > 0 && renderBar('For a revocation now', lateness.seconds)}
        </div>
        <dl>
          <dt>Answer that the API keeps</dt>
          <dd>
            {kept === undefined
              ? 'none, so the next call asks'
              : `${kept.active ? 'active' : 'inactive'}, ${sayDuration(kept.ageSeconds)} old, used for ${sayDuration(kept.usableForSeconds)} more`}
          </dd>
          <dt>Feed</dt>
          <dd>{sayFeed(view)}</dd>
          <dt>Bound that the last allowed decision states</dt>
          <dd>
            {stated === undefined ? (
              'none yet'
            ) : (
              <code>
                boundSeconds: {stated.boundSeconds.toFixed(2)}, {stated.bound}
              </code>
            )}
          </dd>
        </dl>
      </div>
      {renderTimeline(view)}
      <p class="playground-sizes">
        The packages take about {BUNDLES.client} kB (client) and {BUNDLES.server} kB (server) of this page, minified and
        compressed.
      </p>
    </section>
  )
}

function sayWhy({ by }: Lateness, { settings }: PlaygroundView): string {
  switch (by) {
    case 'asks':
      return 'The API keeps no answer. It asks at every call.'
    case 'feed':
      return 'The feed tells the API of a revocation within milliseconds. Even if the feed fails at that moment, the API notices after this time.'
    case 'age':
      return settings.feed
        ? 'The API keeps answers for a shorter time than the feed needs to prove anything.'
        : 'Nobody tells the API. It notices when the answer that it keeps is too old. Turn the feed on, or keep answers for a shorter time.'
  }
}

function sayFeed({ feedKnownSeconds, isListening }: PlaygroundView): string {
  if (feedKnownSeconds === undefined) return 'off'
  if (!Number.isFinite(feedKnownSeconds)) return 'on, and not reached yet'
  return `${isListening ? 'listening' : 'not listening'}, complete until ${sayDuration(feedKnownSeconds)} ago`
}

/** The scale is not linear, so that 30 s can be seen beside half an hour. */
function renderBar(label: string, seconds: number) {
  const part = Math.sqrt(Math.min(1, seconds / BOUNDS.keepSeconds.max))
  return (
    <div class="playground-bar">
      <span>
        {label}: {sayDuration(seconds)}
      </span>
      <span class="playground-bar-track" aria-hidden="true">
        <span style={{ width: `${(part * 100).toFixed(1)}%` }} />
      </span>
    </div>
  )
}

/** Calls, revocations, and what a person did, in their order. */
function renderTimeline({ happenings, calls }: PlaygroundView) {
  const others = happenings
    .filter(({ side, event }) => side === 'page' || event.type === 'revoked')
    .flatMap((happening) => describeHappening(happening) ?? [])
  const moments = [...others, ...calls.map((call) => ({ id: `call ${call.id}`, atMs: call.atMs, ...sayCall(call) }))]
    .toSorted((one, other) => one.atMs - other.atMs)
    .slice(-MOST_MOMENTS)
  if (moments.length === 0) return undefined
  return (
    <ol class="playground-timeline" aria-label="Timeline" tabindex={0}>
      {moments.map(({ id, atMs, tone, text }) => (
        <li key={id} class={`is-${tone}`}>
          <time>{sayTime(atMs)}</time>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  )
}
