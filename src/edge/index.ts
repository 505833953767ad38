/**
 * The edge: flows, authentication of flows, request routing, forwarding. Pure: sockets are `src/transport/`, users
 * are shards.
 */
export { Edge } from './edge.ts'
export type { EdgePorts, EdgeSettings } from './edge-ports.ts'
