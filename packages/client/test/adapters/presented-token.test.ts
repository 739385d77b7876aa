/** The text of the token that adapters pass on: only one that the guard has read and let pass. */
import {
  type ClientGuard,
  clientSecretBasic,
  type GuardRequest,
  IntrospectionClient,
} from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { createMcpGate, mcpExpressGuard, mcpNodeGuard } from '@token-introspection/client/mcp'
import express, { type RequestHandler } from 'express'
import { describe, expect, test } from 'vitest'
import { serve } from './guard-fixtures.ts'

const AUDIENCE = 'https://mcp.example.com/mcp'
const introspection = new IntrospectionClient({
  endpoint: 'https://as.example.com/introspect',
  clientAuthentication: clientSecretBasic('mcp', 'secret'),
  token: { sources: [], fields: ['x-forwarded-access-token'] },
  transport: { fetch: async () => Response.json({ active: true, client_id: 'app', aud: AUDIENCE }) },
})
const guard = introspection.guard({ audience: AUDIENCE })
/** A function of an application. An adapter cannot know where its guard has found the token. */
const wrapper = ((request: GuardRequest) => guard(request)) as unknown as ClientGuard

const HEADERS = { authorization: 'Bearer nobody-has-checked-this', 'x-forwarded-access-token': 'checked' }

async function read(origin: string): Promise<unknown> {
  const response = await fetch(origin, { headers: HEADERS })
  return await response.json()
}

const over = (middleware: (guard: ClientGuard) => RequestHandler) => async (given: ClientGuard) => {
  const app = express().get('/', middleware(given), (request, response) => {
    response.json((request as unknown as { auth: { token: string } }).auth.token)
  })
  return await read(await serve(app))
}

const forms: Readonly<Record<string, (given: ClientGuard) => Promise<unknown>>> = {
  expressGuard: over((given) => expressGuard(given)),
  mcpExpressGuard: over((given) => mcpExpressGuard(given)),
  async mcpNodeGuard(given) {
    const listener = mcpNodeGuard(given, (request, response) => response.end(JSON.stringify(request.auth.token)))
    return await read(await serve((...both) => void listener(...both)))
  },
  async createMcpGate(given) {
    const authInfo = await createMcpGate(given)(new Request(AUDIENCE, { headers: HEADERS }))
    return authInfo instanceof Response ? authInfo.status : authInfo.token
  },
}

describe.each(Object.entries(forms))('the token that %s passes on', (_, ask) => {
  test('is the one that the guard has let pass, and never another one beside it', async () => {
    expect(await ask(guard)).toBe('checked')
  })

  test('is empty behind a function that wraps the guard', async () => {
    expect(await ask(wrapper)).toBe('')
  })

  test('is known behind a function that has presentedToken of the guard', async () => {
    const { presentedToken } = guard
    expect(await ask(Object.assign((request: GuardRequest) => guard(request), { presentedToken }) as never)).toBe(
      'checked',
    )
  })
})

function post(form: string, headers: Record<string, string> = {}): Request {
  return new Request(AUDIENCE, { method: 'POST', body: new URLSearchParams(form), headers })
}

describe('presentedToken of a guard', () => {
  test('is undefined for a request without a token where the guard reads tokens, or with one in a form that is not parsed', () => {
    const ofForms = new IntrospectionClient({
      endpoint: 'https://as.example.com/introspect',
      clientAuthentication: clientSecretBasic('mcp', 'secret'),
      token: { sources: ['header', 'form'] },
    }).guard({ audience: AUDIENCE })
    expect(guard.presentedToken(new Request(AUDIENCE))).toBeUndefined()
    expect(ofForms.presentedToken(post('access_token=a'))).toBeUndefined()
    expect(ofForms.presentedToken(post('a=b', { authorization: 'Bearer a' }))).toBe('a')
    const parsed = { method: 'POST', url: AUDIENCE, form: { access_token: 'a' } }
    const fields = new Headers({ 'content-type': 'application/x-www-form-urlencoded' })
    expect(ofForms.presentedToken({ ...parsed, headers: fields })).toBe('a')
    fields.set('authorization', 'Bearer b')
    expect(guard.presentedToken({ ...parsed, headers: fields })).toBeUndefined()
  })
})
