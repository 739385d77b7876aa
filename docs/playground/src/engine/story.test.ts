import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import { storyOf } from './story.ts'

describe('storyOf', () => {
  test.each<[string, Partial<Settings>, string[]]>([
    ['a token that is revoked', {}, ['issue', 'call', 'revoke', 'call']],
    ['the wait without the feed', { feed: false }, ['issue', 'call', 'revoke', 'call', 'move 300', 'call']],
    ['no wait when nothing is kept', { feed: false, keepSeconds: 0 }, ['issue', 'call', 'revoke', 'call']],
    [
      'the wait while the feed is down',
      { fault: 'feed-outage' },
      ['issue', 'call', 'revoke', 'call', 'move 30', 'call'],
    ],
    ['the life of a token', { fault: 'expired' }, ['issue', 'move 3600', 'call']],
    ['one call when something is broken', { fault: 'html' }, ['issue', 'call']],
  ])('tells %s', (_, settings, acts) => {
    const story = storyOf({ ...DEFAULT_SETTINGS, ...settings })
    expect(story.map((step) => (step.act === 'move' ? `move ${step.seconds}` : step.act))).toEqual(acts)
  })
})
