/** The operations of Node requests to an MCP server, between the guard and the handler. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readNodeBody } from './mcp-message.ts'
import { hasMcpMessage, McpOperation, type ResolvedMcpScopes } from './mcp-scopes.ts'
import { setRequiredScope } from './node-request.ts'

/** The members by which later code finds a body that was read. */
interface ReadMembers {
  readonly body: unknown
  /** Read by `express.json()` of Express 4: it leaves the body alone then. */
  readonly _body: boolean
  /** Read by `@hono/node-server`, which the transport of the SDK uses. */
  readonly rawBody?: Buffer
}

/** Lets guards ask for the scope of messages. Without the option, it does nothing. */
export class McpOperations {
  readonly #scopes: ResolvedMcpScopes | undefined
  readonly #operations = new WeakMap<IncomingMessage, McpOperation>()

  constructor(scopes: ResolvedMcpScopes | undefined) {
    this.#scopes = scopes
  }

  /** Call it before the guard. */
  begin(request: IncomingMessage): void {
    if (this.#scopes === undefined || !hasMcpMessage(request.method)) return
    const operation = new McpOperation(this.#scopes, (limits) => readNodeBody(request, limits))
    this.#operations.set(request, operation)
    setRequiredScope(request, operation.requiredScope)
  }

  /**
   * Call it when the guard has let the request pass. Leaves the message in `request.body`.
   *
   * @returns whether the message was at fault. The request is then answered.
   */
  end(request: IncomingMessage, response: ServerResponse): boolean {
    const operation = this.#operations.get(request)
    if (operation === undefined) return false
    const fault = operation.end()
    if (fault !== undefined) {
      response.writeHead(fault.status, { ...fault.headers }).end(fault.body)
      return true
    }
    const { message: body, octets } = operation
    Object.assign(request, { body, _body: true, ...(octets && { rawBody: Buffer.from(octets) }) } satisfies ReadMembers)
    return false
  }
}
