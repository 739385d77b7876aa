/** What the members of an introspection response mean, and where that is written. */

/** The meaning of a member. */
export interface MemberMeaning {
  readonly meaning: string
  readonly clause: string
  /** Whether its value is a moment, in seconds since the epoch. */
  readonly isMoment?: boolean
}

/** Every registered member, in the order in which people look at them. */
export const MEMBER_MEANINGS: Readonly<Record<string, MemberMeaning>> = {
  active: { meaning: 'whether the token may be used now', clause: 'RFC 7662 §2.2' },
  iss: { meaning: 'the authorization server that issued it', clause: 'RFC 7662 §2.2' },
  sub: { meaning: 'the user who authorized it; without a user, often the client', clause: 'RFC 7662 §2.2' },
  username: { meaning: 'a name of the user for people, never an account key', clause: 'RFC 7662 §2.2' },
  client_id: { meaning: 'the client to which it was issued', clause: 'RFC 7662 §2.2' },
  aud: { meaning: 'the resource servers for which it is meant', clause: 'RFC 7662 §2.2' },
  scope: { meaning: 'what it may be used for', clause: 'RFC 7662 §2.2' },
  token_type: { meaning: 'how it is presented', clause: 'RFC 6749 §5.1' },
  exp: { meaning: 'when it expires', clause: 'RFC 7662 §2.2', isMoment: true },
  nbf: { meaning: 'before this moment it must not be used', clause: 'RFC 7662 §2.2', isMoment: true },
  iat: { meaning: 'when it was issued', clause: 'RFC 7662 §2.2', isMoment: true },
  jti: { meaning: 'the identifier of the token', clause: 'RFC 7662 §2.2' },
  cnf: { meaning: 'the key to which it is bound: who presents it has to prove the key', clause: 'RFC 7800 §3.1' },
  act: { meaning: 'the party that acts for the subject', clause: 'RFC 8693 §4.1' },
  may_act: { meaning: 'the party that may become the actor', clause: 'RFC 8693 §4.4' },
  acr: { meaning: 'how strongly the user was authenticated', clause: 'RFC 9470 §6.2' },
  auth_time: { meaning: 'when the user was authenticated', clause: 'RFC 9470 §6.2', isMoment: true },
  amr: { meaning: 'by which methods the user was authenticated', clause: 'RFC 8176 §1' },
  sid: { meaning: 'the session of the user at the authorization server', clause: 'OpenID Front-Channel Logout §3' },
  authorization_details: { meaning: 'what it may be used for, in detail', clause: 'RFC 9396 §9.2' },
  permissions: { meaning: 'what a requesting party may do', clause: 'UMA 2.0 Federated Authorization §5.1.1' },
}
