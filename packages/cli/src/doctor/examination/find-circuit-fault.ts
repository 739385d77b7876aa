/** Finds a circuit that was open before the check. */
import type { EndpointCircuit } from '@token-introspection/client'
import type { Fault } from '../diagnosis.ts'
import { endpointFaults } from '../faults/endpoint-faults.ts'

/** The fault, if one of the circuits is open. The check has passed, so the server is back. */
export function findCircuitFault(circuits: readonly EndpointCircuit[]): Fault | undefined {
  const open = circuits.find(({ state }) => state === 'open')
  return open && endpointFaults.circuitOpen(open.endpoint)
}
