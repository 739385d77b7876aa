import { describe, expect, test } from 'vitest'
import { repositoryLinks } from './repository-links.ts'

const repository = { type: 'git', url: 'git+https://git.example.com/acme/tokens.git' }

describe('the links of a package', () => {
  test('lead to its folder in the repository', () => {
    expect(repositoryLinks({ repository }, 'client')).toEqual({
      homepage: 'https://git.example.com/acme/tokens/tree/HEAD/packages/client#readme',
      bugs: { url: 'https://git.example.com/acme/tokens/issues' },
      repository: { ...repository, directory: 'packages/client' },
    })
  })

  test('lead to the site if there is one', () => {
    const { homepage } = repositoryLinks({ repository, homepage: 'https://tokens.example.com' }, 'client')
    expect(homepage).toBe('https://tokens.example.com')
  })

  test('are those of the repository that publishes, whatever the case of its name', () => {
    expect(repositoryLinks({ repository }, 'core', 'https://git.example.com/Acme/tokens').repository.url).toBe(
      repository.url,
    )
  })

  test.each([
    ['none is set', {}, undefined, 'has no repository.url'],
    [
      'it is not a URL of Git over https',
      { repository: { url: 'git@git.example.com:acme/tokens.git' } },
      undefined,
      'expected "git+https://',
    ],
    ['another repository publishes', { repository }, 'https://git.example.com/mallory/tokens', 'this workflow runs in'],
  ])('are refused when %s', (_, place, workflowRepository, message) => {
    expect(() => repositoryLinks(place, 'client', workflowRepository)).toThrow(message)
  })
})
