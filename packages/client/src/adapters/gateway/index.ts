/** Answers gateways that ask about each request. The entry is apart, because few applications need it. */
export { createGatewayHandler, type GatewayHandler } from './create-gateway-handler.ts'
export type { ForwardedValue } from './forwarded-fields.ts'
export type { GatewayAnswer } from './gateway-answer.ts'
export type { Gateway, GatewayOptions } from './gateway-options.ts'
export { toGatewayListener } from './to-gateway-listener.ts'
