/**
 * Answers of a server that is broken or malicious. They are those of `@token-introspection/testing/hostile`, which runs on Node
 * alone; a test compares the two.
 */
import type { Fault } from './settings.ts'

/** The facts that an answer may need. */
export interface HostileFacts {
  readonly token: string
  readonly issuer: string
  readonly audience: string
  readonly scope: string
  /** Seconds since the epoch. */
  readonly now: number
}

/** One answer. */
export interface HostileAnswer {
  /** The name of the scenario in the testing kit. */
  readonly scenario: string
  readonly respond: (facts: HostileFacts) => Response
}

/** The faults that have such an answer. */
export type HostileFault = Extract<Fault, 'html' | 'huge' | 'active-text' | 'twice' | 'redirect'>

const HUGE_OCTETS = 5_000_000

/** The answers by their fault. */
export const HOSTILE_ANSWERS: Readonly<Record<HostileFault, HostileAnswer>> = {
  html: {
    scenario: 'html',
    respond: ({ token }) =>
      new Response(`<h1>Log in, ${token}</h1>`, { status: 200, headers: { 'content-type': 'text/html' } }),
  },
  huge: {
    scenario: 'size-5mb',
    respond: (facts) => json(JSON.stringify(goodAnswer(facts)) + ' '.repeat(HUGE_OCTETS)),
  },
  'active-text': { scenario: 'active-string-true', respond: (facts) => json(goodBut('"active":"true"', facts)) },
  twice: { scenario: 'twice-true-last', respond: (facts) => json(goodBut('"active":false,"active":true', facts)) },
  redirect: {
    scenario: 'redirect-302-away',
    respond: (facts) =>
      json(JSON.stringify(goodAnswer(facts)), 302, { location: 'https://elsewhere.example/introspect' }),
  },
}

function json(body: string, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } })
}

/** A good answer with another beginning, as text, because an object cannot have a member twice. */
function goodBut(beginning: string, facts: HostileFacts): string {
  const { active: _, ...rest } = goodAnswer(facts)
  return `{${beginning},${JSON.stringify(rest).slice(1)}`
}

/** An answer that would be accepted, if it came in a proper response. */
function goodAnswer({ issuer, audience, scope, now }: HostileFacts) {
  return {
    active: true,
    iss: issuer,
    aud: audience,
    scope,
    sub: 'alice',
    client_id: 'web',
    token_type: 'Bearer',
    exp: now + 3600,
    iat: now - 60,
  }
}
