/**
 * Why links end, are refused and are tried again: one event name per reason, stable for administrators' filters.
 */
export const LinkEvent = {
  up: 'link.up',
  /** The last link of this worker to that server is gone. */
  down: 'link.down',
  connectFailed: 'link.connect-failed',
  /** A peer that says it is a server of the topology has not proved it; fields: names expected and seen. */
  refused: 'link.refused',
  /** The peer has said that we are no server for it. */
  refusedByPeer: 'link.refused-by-peer',
  protocolRefused: 'link.protocol-too-new',
  clockSkew: 'link.clock-skew',
  topologyDiffers: 'link.topology-differs',
  /** Another start of that server speaks now; what belonged to the earlier one is gone. */
  peerRestarted: 'link.peer-restarted',
  /** Ended by us. */
  noLongerTrusted: 'link.no-longer-trusted',
  closed: 'link.closed',
  /** The peer has not said that it follows a change of who may see whom. */
  blockUnconfirmed: 'link.block-unconfirmed',
  noHello: 'link.no-hello',
  noPong: 'link.no-pong',
  silent: 'link.silent',
  noConfirmation: 'link.no-confirmation',
  badBatch: 'link.bad-batch',
  badMessage: 'link.bad-message',
  /** The peer could not read what we sent. */
  batchRefused: 'link.batch-refused',
  tooMany: 'link.too-many',
  /** What no link can carry; the message is dropped. */
  messageTooLong: 'link.message-too-long',
  unknownKind: 'link.unknown-kind',
} as const
