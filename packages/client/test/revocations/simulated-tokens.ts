/** The tokens of the simulation, and the keys of the events that can end them. */
import { createHash } from 'node:crypto'
import type { RevocationKind } from '@token-introspection/core/revocations'

/** Something that can be revoked. */
export interface Revocable {
  readonly kind: RevocationKind
  readonly key: string
}

export interface SimulatedToken {
  readonly name: string
  /** The token itself, its grant, session, user and client. */
  readonly revocables: readonly Revocable[]
  readonly keys: readonly string[]
  /** Those that a view leaves out are not here. */
  readonly keysAfterView: readonly string[]
}

const revocables = new Map<string, Revocable>()

function revocable(kind: RevocationKind, name: string): Revocable {
  const id = `${kind} ${name}`
  const known = revocables.get(id)
  if (known !== undefined) return known
  const made = { kind, key: createHash('sha256').update(id).digest('base64url').slice(0, 16) }
  revocables.set(id, made)
  return made
}

function token(name: string, grant: string, session: string, user: string, client: string): SimulatedToken {
  const itself = revocable('token', name)
  const others = [revocable('grant', grant), revocable('session', session), revocable('client', client)]
  const subject = revocable('subject', user)
  const all = [itself, ...others, subject]
  return {
    name,
    revocables: all,
    keys: all.map(({ key }) => key),
    keysAfterView: [itself, ...others].map(({ key }) => key),
  }
}

/** Some share a grant, a session, a user or a client. */
export const TOKENS: readonly SimulatedToken[] = [
  token('t0', 'g0', 's0', 'u0', 'c0'),
  token('t1', 'g0', 's0', 'u0', 'c0'),
  token('t2', 'g1', 's1', 'u0', 'c1'),
  token('t3', 'g2', 's2', 'u1', 'c1'),
  token('t4', 'g3', 's3', 'u2', 'c1'),
]

/** Everything that can be revoked. */
export const REVOCABLES: readonly Revocable[] = [...revocables.values()]
