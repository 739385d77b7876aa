/** What happened on both sides, from left to right. */
import type { PlaygroundView } from '../engine/playground-view.ts'
import { BUNDLES } from './bundle-sizes.ts'
import { describeHappening } from './describe-happening.ts'
import { sayCall } from './outcomes.ts'
import { sayTime } from './say.ts'

/** The most moments that are shown. */
const MOST_MOMENTS = 10

/** Calls, revocations, and what a person did, in their order. */
export function renderTimeline({ happenings, calls }: PlaygroundView) {
  const others = happenings
    .filter(({ side, event }) => side === 'page' || event.type === 'revoked')
    .flatMap((happening) => describeHappening(happening) ?? [])
  const moments = [...others, ...calls.map((call) => ({ id: `call ${call.id}`, atMs: call.atMs, ...sayCall(call) }))]
    .toSorted((one, other) => one.atMs - other.atMs)
    .slice(-MOST_MOMENTS)
  return (
    <section class="playground-order" aria-labelledby="playground-order-title">
      <h2 id="playground-order-title">What happened, in its order</h2>
      <ol class="playground-timeline" aria-labelledby="playground-order-title" tabindex={0}>
        {moments.map(({ id, atMs, tone, text }) => (
          <li key={id} class={`is-${tone}`}>
            <time>{sayTime(atMs)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      <p class="playground-sizes">
        The packages take about {BUNDLES.client} kB (client) and {BUNDLES.server} kB (server) of this page, minified and
        compressed.
      </p>
    </section>
  )
}
