/** Ours: `IntrospectionClient.introspect()` with its defaults, including every limit and check. */
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { CLIENT_ID, CLIENT_SECRET } from '../../fixture.ts'
import { measureCalls } from '../../measure/call-rounds.ts'

measureCalls((endpoint) => {
  const introspection = new IntrospectionClient({
    endpoint,
    clientAuthentication: clientSecretBasic(CLIENT_ID, CLIENT_SECRET),
    transport: { allowHttpOnLoopback: true },
  })
  return (token) => introspection.introspect(token)
})
