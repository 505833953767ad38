/**
 * SIP over TCP (RFC 3261 §18): accepts connections and makes each a flow. Framing and deadlines are `stream-flow.ts`'s.
 */
import { createServer, type Socket } from 'node:net'
import type { FlowSink } from '../ports/flows.ts'
import { TransportEvent } from './events.ts'
import { FlowRegistry } from './flow-registry.ts'
import { streamLimits } from './limits.ts'
import { closeOnce, type Listener, type ListenOptions } from './listener.ts'
import { bindServer, refuseSocket, streamServerOptions } from './node-server.ts'
import { StreamFlow } from './stream-flow.ts'

export async function openTcp(options: ListenOptions, sink: FlowSink): Promise<Listener> {
  const limits = { ...streamLimits, ...options.limits }
  const registry = new FlowRegistry({ ...options, transport: 'tcp', sink, limits })
  const server = createServer(streamServerOptions, (socket) => acceptTcp(socket, registry))
  const bound = await bindServer(server, options)
  const close = closeOnce(async () => {
    const closed = bound.close()
    await registry.closeAll(TransportEvent.listenerClosed)
    await closed
  })
  const { address, port } = bound
  return { transport: 'tcp', address, port, counts: registry.counts, close }
}

function acceptTcp(socket: Socket, registry: FlowRegistry): void {
  // Without an address the peer was gone before we looked.
  if (socket.remoteAddress === undefined || registry.refusal(socket.remoteAddress)) refuseSocket(socket)
  else new StreamFlow({ transport: 'tcp', socket, registry }).open()
}
