/** The entry for MCP servers that use the TypeScript SDK of the Model Context Protocol. */
export type { McpAuthInfo, McpGateOptions, McpTokens } from './mcp-auth-info.ts'
export type { McpScope, McpScopes, McpServerOptions } from './mcp-scopes.ts'
export { createMcpGate, guardMcp, type McpRequestOptions } from './mcp-gate.ts'
export {
  mcpExpressGuard,
  type McpExpressGuardOptions,
  type McpIncomingMessage,
  mcpNodeGuard,
  // The earlier name, which is the same in every entry.
  mcpExpressGuard as requireToken,
} from './mcp-node.ts'
export {
  createTokenVerifier,
  type McpErrorClass,
  type TokenVerifier,
  type TokenVerifierOptions,
} from './mcp-verifier.ts'
