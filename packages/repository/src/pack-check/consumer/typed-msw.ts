/** The types that a test with MSW sees. */
import { createFakeAuthorizationServer } from '@token-introspection/testing'
import { authorizationServerHandlers, createNetwork } from '@token-introspection/testing/msw'

const network = createNetwork({ handlers: authorizationServerHandlers(createFakeAuthorizationServer()) })
network.enable()
network.disable()
