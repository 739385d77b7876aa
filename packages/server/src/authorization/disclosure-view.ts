/** What of a token a protected resource gets to know: views only narrow (RFC 7662 §2.2, §5; RFC 9701 §3). */
import type { AuthorizationDetail } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { TokenRecord } from '../stores/token-record.ts'

/**
 * A narrower view of a token. What is left out is not narrowed. Whatever a view says, a member that the token does not
 * have never appears, and no member is replaced but `sub`, by {@link DisclosureView.subject}.
 */
export interface DisclosureView {
  /** The scope tokens it may see; others are left out, and `scope` with them when none is left (RFC 9701 §5). */
  readonly scopes?: readonly string[] | undefined
  /**
   * The members it may see beside `active`, by name, extension claims included. `cnf` is always among them: without it a
   * token that is bound to a key would look like one that is not. An empty list is the status alone, `{"active":true}`.
   *
   * Security: whoever gets the status alone cannot tell that a token is bound to a key. Give it to those who leave that to
   * somebody else.
   */
  readonly members?: readonly string[] | undefined
  /** Which authorization details it may see; `authorization_details` is left out when none is left (RFC 9396 §9.2). */
  readonly authorizationDetails?: ((detail: AuthorizationDetail) => boolean) | undefined
  /**
   * The `sub` it gets in the place of the record's, for identifiers that differ per protected resource; `undefined`
   * leaves `sub` out.
   */
  readonly subject?: ((record: TokenRecord) => string | undefined | Promise<string | undefined>) | undefined
  /**
   * The extension claims it gets, made of those of the record. Registered members among them are dropped.
   */
  readonly claims?:
    | ((claims: Readonly<Record<string, unknown>>, record: TokenRecord) => object | Promise<object>)
    | undefined
}

/** The names a view can have. */
const VIEW = ['scopes', 'members', 'authorizationDetails', 'subject', 'claims'] as const

/** The view that says whether a token is active and nothing else. */
export const STATUS_ONLY: DisclosureView = Object.freeze({ members: Object.freeze([]) })

/**
 * Reads a view, whether it stands among options or a policy gave it. One that says nothing is an error: it would show
 * everything, which is more than a forgotten member should.
 *
 * @throws TypeError naming the member that is wrong.
 */
export function readView(view: unknown, path: string): DisclosureView {
  const group = new OptionGroup(path, view, VIEW)
  if (!VIEW.some((name) => group.has(name))) throw new TypeError(`${path}: a view needs one of ${VIEW.join(', ')}`)
  return Object.freeze({
    scopes: group.strings('scopes'),
    members: group.strings('members'),
    authorizationDetails: group.function<DisclosureView['authorizationDetails']>('authorizationDetails'),
    subject: group.function<DisclosureView['subject']>('subject'),
    claims: group.function<DisclosureView['claims']>('claims'),
  }) as DisclosureView
}
