/** A peer: oauth4webapi, which sends with the runtime's own `fetch`. */
import {
  allowInsecureRequests,
  ClientSecretBasic,
  introspectionRequest,
  processIntrospectionResponse,
} from 'oauth4webapi'
import { CLIENT_ID, CLIENT_SECRET, ISSUER } from '../../fixture.ts'
import { measureCalls } from '../../measure/call-rounds.ts'

measureCalls((endpoint) => {
  const authorizationServer = { issuer: ISSUER, introspection_endpoint: endpoint }
  const client = { client_id: CLIENT_ID }
  const authentication = ClientSecretBasic(CLIENT_SECRET)
  const options = { [allowInsecureRequests]: true }
  return async (token) => {
    const response = await introspectionRequest(authorizationServer, client, authentication, token, options)
    return processIntrospectionResponse(authorizationServer, client, response)
  }
})
