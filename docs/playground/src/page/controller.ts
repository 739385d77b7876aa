/** What the page does: it passes the clicks of a person to the engine, and keeps what there is to show. */
import { shallowReactive } from 'vue'
import type { CallReport, PlaygroundView } from '../engine/playground-view.ts'
import { Playground } from '../engine/playground.ts'
import type { Settings } from '../engine/settings.ts'
import { type SharedPlayground, writeShareLink } from '../engine/share-link.ts'
import { storyOf, type StoryStep } from '../engine/story.ts'
import { sayCall, sayIssued, sayMoved, sayRevoked, type Told } from './outcomes.ts'

/** A thing that a person or the story does. */
type Action = { readonly act: 'issue' | 'call' | 'revoke' } | { readonly act: 'move'; readonly seconds: number }

/** A step of the story that runs, or that ran last. */
export interface StoryProgress {
  readonly step: StoryStep
  /** `undefined` until the step is done. */
  readonly outcome: Told | undefined
  readonly isNow: boolean
}

/** Everything that the page draws. */
export interface PageState {
  view: PlaygroundView | undefined
  story: readonly StoryProgress[]
  /** The call whose steps are shown. */
  shown: CallReport | undefined
  /** Whether the story runs. */
  isRunning: boolean
  /** For screen readers. */
  announcement: string
  /** Whether the link was copied just now. */
  isCopied: boolean
}

/** What a person can do. */
export interface PageActions {
  readonly run: () => void
  readonly issue: () => void
  readonly call: (token: number) => void
  readonly revoke: (token: number) => void
  readonly move: (seconds: number) => void
  readonly change: (settings: Partial<Settings>) => void
  readonly copyLink: () => void
}

/** The page, from its opening to its end. */
export interface PageController {
  readonly state: PageState
  readonly actions: PageActions
  close(): void
}

/** The parts of the browser that the controller uses. */
export interface Browser {
  /** Replaces the fragment of the address, without `#`. */
  readonly writeFragment: (fragment: string) => void
  /** Copies the address with the fragment. */
  readonly copyAddress: (fragment: string) => Promise<void>
  /** Between the steps of a story, so that one can follow. */
  readonly pause: () => Promise<void>
}

/** How often ages are shown anew, in milliseconds. */
const TICK_MS = 1000

/** Opens the page. */
export function openPage({ settings, runs }: SharedPlayground, browser: Browser): PageController {
  const playground = new Playground(settings)
  const state = shallowReactive<PageState>({
    view: undefined,
    story: plan(settings),
    shown: undefined,
    isRunning: false,
    announcement: '',
    isCopied: false,
  })
  let current = settings
  let isOpen = true
  let last: Promise<void> = Promise.resolve()

  async function refresh(): Promise<void> {
    const view = await playground.view()
    if (isOpen) state.view = view
  }

  /** Does one thing after the other, so that nothing has to be disabled, which would take the focus away. */
  function act(work: () => Promise<Told | undefined>): void {
    last = doAfter(last, work)
  }

  async function doAfter(earlier: Promise<void>, work: () => Promise<Told | undefined>): Promise<void> {
    await earlier
    const told = await work()
    if (told !== undefined) state.announcement = told.text
    await refresh()
  }

  async function perform(step: Action, token: number): Promise<{ told: Told; token: number }> {
    switch (step.act) {
      case 'issue': {
        const number = await playground.issue()
        return { told: sayIssued(number), token: number }
      }
      case 'call': {
        const report = await playground.call(token)
        state.shown = report
        return { told: sayCall(report), token }
      }
      case 'revoke':
        return { told: sayRevoked(await playground.revoke(token), current), token }
      default:
        await playground.move(step.seconds)
        return { told: sayMoved(step.seconds), token }
    }
  }

  async function runStory(): Promise<undefined> {
    const steps = storyOf(current)
    let token = 0
    state.shown = undefined
    state.story = plan(current)
    for (const [index, step] of steps.entries()) {
      state.story = state.story.map((each, at) => ({ ...each, isNow: at === index }))
      const done = await perform(step, token)
      token = done.token
      state.announcement = `${step.title}: ${done.told.text}`
      state.story = state.story.map((each, at) => ({
        ...each,
        isNow: false,
        ...(at === index && { outcome: done.told }),
      }))
      await refresh()
      if (index + 1 < steps.length) await browser.pause()
    }
    state.isRunning = false
  }

  function run(): void {
    if (state.isRunning) return
    state.isRunning = true
    act(runStory)
  }

  async function copyLink(): Promise<void> {
    try {
      await browser.copyAddress(fragment())
      state.isCopied = true
      state.announcement = 'The link is copied. It holds the settings, and no token.'
    } catch {
      state.announcement = 'The browser does not let this page copy. The address of the page is the link.'
    }
  }

  const one = (step: Action, token = 0) => act(async () => (await perform(step, token)).told)
  const fragment = (): string => writeShareLink({ settings: current, runs: false })
  const ticking = setInterval(() => void refresh(), TICK_MS)
  playground.subscribe(() => void refresh())
  void refresh()
  if (runs) run()

  return {
    state,
    actions: {
      run,
      issue: () => one({ act: 'issue' }),
      call: (token) => one({ act: 'call' }, token),
      revoke: (token) => one({ act: 'revoke' }, token),
      move: (seconds) => one({ act: 'move', seconds }),
      change: (changes) =>
        act(async () => {
          current = { ...current, ...changes }
          state.isCopied = false
          browser.writeFragment(fragment())
          state.story = plan(current)
          await playground.change(current)
          return undefined
        }),
      copyLink: () => void copyLink(),
    },
    close() {
      isOpen = false
      clearInterval(ticking)
      void playground.close()
    },
  }
}

function plan(settings: Settings): readonly StoryProgress[] {
  return storyOf(settings).map((step) => ({ step, outcome: undefined, isNow: false }))
}
