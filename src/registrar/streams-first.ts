/**
 * Which flow of a device to try first (RFC 3261 §18.1.1): the newest, but what would leave in fragments over UDP goes
 * by a stream flow where the device has one.
 */
import type { ForwardTarget } from '../ports/bus.ts'

/** With our Via, Record-Routes and identity a larger request would not fit into a datagram of 1,300 bytes. */
export const wholeDatagramRequestBytesMax = 700

export function streamsFirst(flows: readonly ForwardTarget[], requestBytes: number): readonly ForwardTarget[] {
  if (flows.length < 2 || requestBytes <= wholeDatagramRequestBytesMax) return flows
  const isStream = ({ transport }: ForwardTarget) => transport !== 'udp'
  return [...flows.filter(isStream), ...flows.filter((flow) => !isStream(flow))]
}
