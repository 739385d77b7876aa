/** A peer: openid-client, which sends with the runtime's own `fetch`. */
import { allowInsecureRequests, ClientSecretBasic, Configuration, tokenIntrospection } from 'openid-client'
import { CLIENT_ID, CLIENT_SECRET, ISSUER } from '../../fixture.ts'
import { measureCalls } from '../../measure/call-rounds.ts'

measureCalls((endpoint) => {
  const authorizationServer = { issuer: ISSUER, introspection_endpoint: endpoint }
  const configuration = new Configuration(authorizationServer, CLIENT_ID, {}, ClientSecretBasic(CLIENT_SECRET))
  allowInsecureRequests(configuration)
  return (token) => tokenIntrospection(configuration, token)
})
