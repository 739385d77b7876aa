/** The `act` and `may_act` members: who acts for whom (RFC 8693 §4.1, §4.4). */
import * as z from 'zod/mini'

/** How many actors one `act` member may nest. Real delegation chains are two or three long. */
export const MAX_ACTOR_DEPTH = 16

/** One actor. A nested `act` is the actor before this one: history, not a grant (RFC 8693 §4.1). */
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

/** Schema of `may_act`: who may become the actor. It grants nothing by itself (RFC 8693 §4.4). */
export const mayActSchema = actorMembersSchema

/** Who may become the actor of a token (RFC 8693 §4.4). */
export type MayAct = z.infer<typeof mayActSchema>

/**
 * The actors of a token, the current one first. Access control looks at the first alone; the others
 * say how the delegation came about (RFC 8693 §4.1). Cut at {@link MAX_ACTOR_DEPTH}.
 */
export function actorChain(act: Actor | undefined): Actor[] {
  const chain: Actor[] = []
  for (let actor = act; actor !== undefined && chain.length < MAX_ACTOR_DEPTH; actor = actor.act) chain.push(actor)
  return chain
}
