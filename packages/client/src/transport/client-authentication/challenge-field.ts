/** The field in which a server sends the challenge for the next proof of an attestation (draft-ietf-oauth-attestation-based-client-auth-11 §6.1). */
export const CHALLENGE_FIELD = 'oauth-client-attestation-challenge'
