/** The top of the page: what it is, and the story that one click runs. */
import type { PageActions, PageState } from './controller.ts'

export function renderStory({ story, isRunning }: PageState, { run }: PageActions) {
  return (
    <section class="playground-story" aria-labelledby="playground-story-title">
      <div class="playground-story-head">
        <div>
          <h2 id="playground-story-title">What happens to a token</h2>
          <p>
            An API gets a token and asks the authorization server whether it is still good. Both run in this page, with
            the published packages. Nothing leaves the page.
          </p>
        </div>
        <button type="button" class="playground-main-button" aria-disabled={isRunning} onClick={run}>
          <span aria-hidden="true">▶ </span>
          Run these {story.length} steps
        </button>
      </div>
      <ol class="playground-story-steps" style={{ '--steps': String(story.length) }}>
        {story.map(({ step, outcome, isNow }, index) => (
          <li
            key={index}
            class={['playground-story-step', isNow && 'is-now', outcome && `is-${outcome.tone}`]}
            aria-current={isNow ? 'step' : undefined}
          >
            <span class="playground-story-number" aria-hidden="true">
              {index + 1}
            </span>
            <strong>{step.title}</strong>
            <span class="playground-story-outcome">{outcome?.text ?? step.what}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
