/** The settings: what the API does, what is broken, and what time it is. */
import { BOUNDS, type Fault, FAULTS, type Settings } from '../engine/settings.ts'
import type { PageActions, PageState } from './controller.ts'
import { FAULT_GROUPS } from './fault-texts.ts'
import { sayDuration } from './say.ts'

const KEEP_STEP_SECONDS = 30

/** By how much a button moves the clocks, in seconds. */
const MOVES = [10, 60, 600, 3600] as const

export function renderSettings(settings: Settings, { isCopied }: PageState, actions: PageActions) {
  const { feed, keepSeconds, fault, clockMinutes } = settings
  const { change, move, copyLink } = actions
  return (
    <section class="playground-settings" aria-label="Settings">
      <label class="playground-setting playground-switch">
        <input
          type="checkbox"
          role="switch"
          checked={feed}
          onChange={(event) => change({ feed: inputOf(event).checked })}
        />
        <span>Follow the revocation feed</span>
      </label>
      <label class="playground-setting">
        <span>
          Keep answers for <strong>{keepSeconds === 0 ? 'no time' : sayDuration(keepSeconds)}</strong>
        </span>
        <input
          type="range"
          {...BOUNDS.keepSeconds}
          step={KEEP_STEP_SECONDS}
          value={keepSeconds}
          aria-valuetext={sayDuration(keepSeconds)}
          onChange={(event) => change({ keepSeconds: Number(inputOf(event).value) })}
        />
      </label>
      <label class="playground-setting">
        <span>Break something</span>
        <select value={fault} onChange={(event) => change({ fault: faultOf(event) })}>
          <option value="none">Nothing is broken</option>
          {FAULT_GROUPS.map(({ title, faults }) => (
            <optgroup key={title} label={title}>
              {faults.map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {fault === 'clock' && (
        <label class="playground-setting">
          <span>Minutes ahead (below 0: behind)</span>
          <input
            type="number"
            {...BOUNDS.clockMinutes}
            value={clockMinutes}
            onChange={(event) => change({ clockMinutes: clamp(Number(inputOf(event).value)) })}
          />
        </label>
      )}
      <div class="playground-setting" role="group" aria-label="Move both clocks forward">
        <span>Let time pass</span>
        <span class="playground-buttons">
          {MOVES.map((seconds) => (
            <button key={seconds} type="button" onClick={() => move(seconds)}>
              +{sayDuration(seconds)}
            </button>
          ))}
        </span>
      </div>
      <div class="playground-setting playground-share">
        <button type="button" onClick={copyLink}>
          {isCopied ? 'Link copied' : 'Copy link'}
        </button>
      </div>
    </section>
  )
}

function inputOf(event: Event): HTMLInputElement {
  return event.currentTarget as HTMLInputElement
}

function faultOf(event: Event): Fault {
  const { value } = event.currentTarget as HTMLSelectElement
  return FAULTS.find((fault) => fault === value) ?? 'none'
}

function clamp(minutes: number): number {
  const { min, max } = BOUNDS.clockMinutes
  return Number.isFinite(minutes) ? Math.min(max, Math.max(min, Math.round(minutes))) : 0
}
