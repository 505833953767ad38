/**
 * The servers that belong together: which there are, what is right in such a list, what changes when it changes (the
 * file `topology.yaml` is one source of it), the links between them, and how they act as one (`routing/`).
 */
export { checkOwnServer, checkTopology, type OwnServer, topologyWarnings } from './check.ts'
export {
  type ChangedServer,
  differenceLines,
  isSameTopology,
  type TopologyDifference,
  topologyDifference,
} from './difference.ts'
export { type DeniedCertificate, withDenied, withVersion } from './file/edit.ts'
export { FollowedTopology, type FollowOptions } from './file/follow.ts'
export {
  parseTopology,
  plainFingerprint,
  type ReadTopology,
  readTopologyFile,
  type TopologyRead,
  versionProblems,
} from './file/read.ts'
export { topologyJsonSchema } from './file/schema.ts'
export { LinkEvent } from './links/events.ts'
export { linkSizes } from './links/link-sizes.ts'
export { type LinkedServer, LinkPool, type LinkPoolPorts } from './links/pool.ts'
export type { LinkStatus } from './links/status.ts'
export { clientUriFault, domainFault, linkHostFault, serverNameFault } from './names.ts'
export { LossControl } from './overload/loss-control.ts'
export { sealFlowToken } from './routing/flow-token.ts'
export { Routes } from './routing/routes.ts'
export type { RoutesOwner, RoutesPorts, RoutesSettings } from './routing/routes-ports.ts'
