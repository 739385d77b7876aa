/** The story that one click runs: what happens to a token, step by step. */
import { LIFETIME_SECONDS } from './playground.ts'
import type { Settings } from './settings.ts'

/** One step of a story. */
export type StoryStep =
  | { readonly act: 'issue' | 'call' | 'revoke'; readonly title: string; readonly what: string }
  | { readonly act: 'move'; readonly title: string; readonly what: string; readonly seconds: number }

const ISSUE: StoryStep = { act: 'issue', title: 'Issue a token', what: 'A user logs in, and a web shop gets a token.' }
const CALL: StoryStep = { act: 'call', title: 'Call the API', what: 'The web shop sends the token to the API.' }
const REVOKE: StoryStep = { act: 'revoke', title: 'Revoke the token', what: 'The user logs out.' }
const CALL_AGAIN: StoryStep = { act: 'call', title: 'Call again', what: 'Somebody still has the token.' }

/** How long answers live that no feed covers, when the feed is down. */
const WITHOUT_FEED_SECONDS = 30

/** The story for these settings. It goes on until the API refuses the token. */
export function storyOf({ feed, keepSeconds, fault }: Settings): readonly StoryStep[] {
  if (fault === 'expired') return [ISSUE, { ...wait(LIFETIME_SECONDS), what: 'Until the token has expired.' }, CALL]
  if (fault === 'feed-outage')
    return [ISSUE, CALL, REVOKE, CALL_AGAIN, ...until(Math.min(keepSeconds, WITHOUT_FEED_SECONDS))]
  if (fault !== 'none') return [ISSUE, CALL]
  return [ISSUE, CALL, REVOKE, CALL_AGAIN, ...(feed ? [] : until(keepSeconds))]
}

function until(seconds: number): readonly StoryStep[] {
  return seconds === 0 ? [] : [wait(seconds), CALL_AGAIN]
}

function wait(seconds: number): StoryStep {
  return { act: 'move', seconds, title: 'Wait', what: 'Until the API has to ask again.' }
}
