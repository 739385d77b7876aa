/** RFC 9700 §4.14.2 and RFC 6749 §6: refresh tokens that are rotated, bound to their client, and noticed when used again. */
import { createMemoryTokenStore, digestToken } from '@token-introspection/server'
import { createTokenIssuer } from '@token-introspection/server/tokens'
import { describe, expect, test } from 'vitest'

async function login() {
  const store = createMemoryTokenStore()
  const issuer = createTokenIssuer({ store })
  const { response } = await issuer.issue({
    client_id: 'web',
    sub: 'alice',
    scope: 'read write',
    expiresInSeconds: 300,
    refreshToken: { expiresInSeconds: 86_400 },
  })
  const refresh = (refreshToken: string | undefined, members: object = {}) =>
    issuer.refresh({ refresh_token: refreshToken ?? '', client_id: 'web', expiresInSeconds: 300, ...members })
  const isUsable = async (token: string | undefined) => {
    const record = store.find(await digestToken(token ?? ''))
    return record !== null && record.revoked !== true
  }
  return { response, refresh, isUsable }
}

describe('RFC 9700 §4.14.2', () => {
  test('a refresh gives a new refresh token, and the old one is over (BCP-05)', async () => {
    const { response, refresh, isUsable } = await login()
    const first = await refresh(response.refresh_token)
    if (!first.issued) throw new Error(first.reason)
    expect(first.response.refresh_token).not.toBe(response.refresh_token)
    expect(await isUsable(response.refresh_token)).toBe(false)
    expect(await isUsable(first.response.refresh_token)).toBe(true)
  })

  test('a refresh token that is used again ends every token of its grant, those of the thief too (BCP-05)', async () => {
    const { response, refresh, isUsable } = await login()
    const thief = await refresh(response.refresh_token)
    if (!thief.issued) throw new Error(thief.reason)
    expect(await refresh(response.refresh_token)).toMatchObject({ issued: false, error: { error: 'invalid_grant' } })
    for (const token of [response.access_token, thief.response.access_token, thief.response.refresh_token]) {
      expect(await isUsable(token)).toBe(false)
    }
  })

  test('of many uses at once at most one is answered with tokens, and none of these outlives the reuse (BCP-05)', async () => {
    const { response, refresh, isUsable } = await login()
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => refresh(response.refresh_token)))
    const issued = outcomes.filter((outcome) => outcome.issued)
    expect(issued).toHaveLength(1)
    for (const outcome of issued) expect(await isUsable(outcome.response.access_token)).toBe(false)
  })
})

describe('RFC 6749 §6', () => {
  test('another client gets nothing for a refresh token, and ends nothing (BCP-06)', async () => {
    const { response, refresh, isUsable } = await login()
    expect(await refresh(response.refresh_token, { client_id: 'other' })).toMatchObject({
      issued: false,
      error: { error: 'invalid_grant' },
    })
    expect(await isUsable(response.refresh_token)).toBe(true)
  })

  test('a refresh may ask for less scope, never for more, and the next one for all of it again (BCP-06)', async () => {
    const { response, refresh } = await login()
    const less = await refresh(response.refresh_token, { scope: 'read' })
    if (!less.issued) throw new Error(less.reason)
    expect(less.response.scope).toBe('read')
    expect(await refresh(less.response.refresh_token, { scope: 'read admin' })).toMatchObject({
      error: { error: 'invalid_scope' },
    })
    const all = await refresh(less.response.refresh_token)
    expect(all).toMatchObject({ issued: true, response: { scope: 'read write' } })
  })
})
