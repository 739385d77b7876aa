import { describe, expect, test } from 'vitest'
import { targetUrisAt } from './target-uris.ts'

const headers = { get: () => 'evil.example' }
const find = targetUrisAt(['https://api.example', 'https://api.example:8443'])

describe('targetUrisAt', () => {
  test.each([
    ['/orders', '/orders'],
    ['/orders?a=/b#c', '/orders'],
    ['https://10.0.0.7/orders?a', '/orders'],
    ['HTTP://evil.example:80/orders', '/orders'],
    ['https://evil.example', '/'],
    ['https://evil.example?/orders', '/'],
    ['//evil.example/', '//evil.example/'],
    ['https://evil.example//x', '//x'],
  ])('appends the path of %s to every origin', (url, path) => {
    expect(find({ url, headers })).toEqual([`https://api.example${path}`, `https://api.example:8443${path}`])
  })

  test.each([undefined, '', '*', 'orders', 'evil.example:443', '?a', '#a', '@evil.example/', 'ftp://a/b'])(
    'returns no URI for %j',
    (url) => {
      expect(find({ url, headers })).toEqual([])
    },
  )
})
