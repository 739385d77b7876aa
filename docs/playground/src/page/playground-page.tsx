/** The playground as a Vue component. The server of a site renders only its frame, because both parties live in the browser. */
import './playground.css'
import { defineComponent, onBeforeUnmount, onMounted, shallowRef } from 'vue'
import { readShareLink } from '../engine/share-link.ts'
import { renderApiPane } from './api-pane.tsx'
import { type Browser, openPage, type PageController } from './controller.ts'
import { renderLateness } from './lateness.tsx'
import { renderServerPane } from './server-pane.tsx'
import { renderSettings } from './settings-panel.tsx'
import { renderStory } from './story-panel.tsx'
import { renderTimeline } from './timeline.tsx'

/** How long a step of the story stays before the next one, in milliseconds. */
const STORY_PAUSE_MS = 900

export const PlaygroundPage = defineComponent({
  name: 'PlaygroundPage',
  setup() {
    const controller = shallowRef<PageController>()
    const open = (): void => {
      controller.value?.close()
      controller.value = openPage(readShareLink(location.hash), BROWSER)
    }
    onMounted(() => {
      open()
      addEventListener('hashchange', open)
    })
    onBeforeUnmount(() => {
      removeEventListener('hashchange', open)
      controller.value?.close()
    })
    return () => (
      <div class="playground">
        {controller.value?.state.view === undefined ? (
          <p class="playground-loading">The playground starts in your browser. It needs JavaScript.</p>
        ) : (
          renderPage(controller.value)
        )}
      </div>
    )
  },
})

function renderPage({ state, actions }: PageController) {
  const { view } = state
  if (view === undefined) return undefined
  return (
    <div class="playground-parts">
      {renderStory(state, actions)}
      {renderSettings(view.settings, state, actions)}
      <div class="playground-panes">
        {renderServerPane(view, actions)}
        {renderApiPane(view, state, actions)}
        {renderLateness(view)}
      </div>
      {renderTimeline(view)}
      <p class="playground-announcement" role="status" aria-live="polite">
        {state.announcement}
      </p>
    </div>
  )
}

const BROWSER: Browser = {
  writeFragment: (fragment) => history.replaceState(history.state, '', addressWith(fragment)),
  copyAddress: (fragment) => navigator.clipboard.writeText(addressWith(fragment)),
  pause: () =>
    new Promise((resolve) => {
      setTimeout(resolve, STORY_PAUSE_MS)
    }),
}

function addressWith(fragment: string): string {
  const url = new URL(location.href)
  url.hash = fragment
  return url.href
}
