/** The scope that asks for a refresh token. Refresh tokens are no requirement of a resource. */
export const OFFLINE_ACCESS = 'offline_access'

/** The rest of an error message, after the path of the option. */
export const NO_OFFLINE_ACCESS =
  'must not name offline_access, which asks the authorization server for a refresh token and grants nothing here'
