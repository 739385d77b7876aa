/** How late the API can notice a revocation. */
import type { Lateness } from '../engine/lateness.ts'
import type { PlaygroundView } from '../engine/playground-view.ts'
import { BOUNDS } from '../engine/settings.ts'
import { sayDuration } from './say.ts'

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
    </section>
  )
}

function sayWhy({ by }: Lateness, { settings }: PlaygroundView): string {
  switch (by) {
    case 'asks':
      return 'The API keeps no answer. It asks at every call.'
    case 'feed':
      return 'The feed tells the API of a revocation within milliseconds. Even if the feed fails at that moment, the API notices after this time.'
    default:
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
