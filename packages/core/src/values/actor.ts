/** The `act` and `may_act` members: the party that acts for the subject (RFC 8693 §4.1, §4.4). */
import * as z from 'zod/mini'

/** The most actors one `act` member may nest. Real delegation chains have two or three. */
export const MAX_ACTOR_DEPTH = 16

/** One actor. A nested `act` is the previous actor. It is history and grants nothing (RFC 8693 §4.1). */
export interface Actor {
  sub?: string | undefined
  iss?: string | undefined
  client_id?: string | undefined
  act?: Actor | undefined
  [member: string]: unknown
}

const actorMembersSchema = z.looseObject({
  sub: z.optional(z.string()),
  iss: z.optional(z.string()),
  client_id: z.optional(z.string()),
})

/** Schema of `act`: nested JSON objects, at most {@link MAX_ACTOR_DEPTH} deep. */
export const actorSchema = z.custom<Actor>((value) => {
  let actor: unknown = value
  for (let depth = 0; depth < MAX_ACTOR_DEPTH; depth++) {
    const result = z.safeParse(actorMembersSchema, actor)
    if (!result.success) return false
    actor = result.data['act']
    if (actor === undefined) return true
  }
  return false
})

/** Schema of `may_act`: the party that may become the actor. It grants nothing by itself (RFC 8693 §4.4). */
export const mayActSchema = actorMembersSchema

/** The party that may become the actor of a token (RFC 8693 §4.4). */
export type MayAct = z.infer<typeof mayActSchema>

/**
 * The actors of a token, the current one first. Access control must use only the first; the others tell the history of
 * the delegation (RFC 8693 §4.1). The list ends at {@link MAX_ACTOR_DEPTH}.
 */
export function actorChain(act: Actor | undefined): Actor[] {
  const chain: Actor[] = []
  for (let actor = act; actor !== undefined && chain.length < MAX_ACTOR_DEPTH; actor = actor.act) chain.push(actor)
  return chain
}
