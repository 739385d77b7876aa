import { describe, expect, test } from 'vitest'
import { groupChangelog, kindOf } from './group-changelog.ts'

const WRITTEN = `# @acme/tokens

## 0.2.0

### Minor Changes

- a9b53b9: Fix the lookup
  of long tokens.

  Before, it failed.

  Add \`list()\`:

  \`\`\`ts
  Fix: this is code
  \`\`\`
- 1234567: - Security: refuse \`token[]\`.
    Both sides do.
  - Add the option \`store\`.

### Patch Changes

- Updated dependencies [a9b53b9]
  - @acme/core@0.2.0

## 0.1.0

### Add

- Add everything.
`

const GROUPED = `# @acme/tokens

## 0.2.0

### Security

- Refuse \`token[]\`.
  Both sides do.

### Add

- Add \`list()\`:

  \`\`\`ts
  Fix: this is code
  \`\`\`
- Add the option \`store\`.

### Fix

- Fix the lookup
  of long tokens.

  Before, it failed.

## 0.1.0

### Add

- Add everything.
`

describe('groupChangelog', () => {
  test('sorts the entries by their first word, without hashes and dependencies', () => {
    expect(groupChangelog(WRITTEN)).toBe(GROUPED)
  })

  test('changes nothing when it runs again', () => {
    expect(groupChangelog(GROUPED)).toBe(GROUPED)
  })

  test('keeps of the first version what was added', () => {
    const first = '# @acme/tokens\n\n## 0.1.0\n\n### Patch Changes\n\n- Fix a.\n\n  Add b.\n'
    expect(groupChangelog(first)).toBe('# @acme/tokens\n\n## 0.1.0\n\n### Add\n\n- Add b.\n')
  })

  test('refuses an entry that does not say what it is', () => {
    expect(() => groupChangelog('# a\n\n## 1.0.0\n\n### Minor Changes\n\n- a9b53b9: Better errors.\n')).toThrow(
      '"Better errors."',
    )
  })
})

test.each([
  ['Add a store.', 'Add'],
  ['- Fix: the lookup.', 'Fix'],
  ['Added a store.', undefined],
  ['A store.', undefined],
])('knows the first word of %s', (text, kind) => {
  expect(kindOf(text)).toBe(kind)
})
