/** The last lines of a log, the newest first. */
import type { Happening } from '../engine/happening-log.ts'
import { describeHappening } from './describe-happening.ts'
import { sayTime } from './say.ts'

/** The most lines that are shown. */
const MOST_LINES = 8

export function renderLog(title: string, happenings: readonly Happening[]) {
  const lines = happenings
    .flatMap((happening) => describeHappening(happening) ?? [])
    .slice(-MOST_LINES)
    .toReversed()
  return (
    <div class="playground-log">
      <h4>{title}</h4>
      {lines.length === 0 ? (
        <p class="playground-empty">Nothing yet.</p>
      ) : (
        <ol>
          {lines.map(({ id, atMs, tone, text }) => (
            <li key={id} class={`is-${tone}`}>
              <time>{sayTime(atMs)}</time> {text}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
