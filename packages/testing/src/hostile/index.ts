/** An authorization server that lies, stalls and breaks connections. Node only. */

// The server
export {
  type HostileAuthorizationServer,
  type HostileAuthorizationServerOptions,
  type HostileRequest,
  startHostileAuthorizationServer,
} from './hostile-authorization-server.ts'

// Its scenarios
export type { HostileExchange, ReceivedRequest } from './hostile-exchange.ts'
export type { HostileExpectation, HostileScenario } from './hostile-scenario.ts'
export { hostileScenarios } from './hostile-scenarios.ts'
