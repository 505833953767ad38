/**
 * The client side of all transports, for the chat client, the simulator and tests: connects, and gives the same flows
 * to the same sink as the listeners do. Where to connect (RFC 3263) is the caller's choice.
 */
import { randomBytes } from 'node:crypto'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { FlowSink, TransportFlow, TransportName } from '../ports/flows.ts'
import { type ConnectOptions, clientTlsOptions } from './client-options.ts'
import { connectUdp } from './client-udp.ts'
import { FlowRegistry } from './flow-registry.ts'
import { clientLimits, tcpProbeMs } from './limits.ts'
import { MemoryBudget } from './memory-budget.ts'
import { StreamFlow } from './stream-flow.ts'
import { encodeBindingRequest } from './stun.ts'
import { securityOf } from './tls.ts'
import { connectWebSocket } from './web/ws-client.ts'
import { whenConnected } from './when-connected.ts'

/** Rejects with the reason when there is no connection within the deadline. The sink has then heard nothing. */
export function connectFlow(options: ConnectOptions, sink: FlowSink): Promise<TransportFlow> {
  const registry = registryFor(sink, options.transport)
  switch (options.transport) {
    case 'udp':
      return connectUdp(options, registry)
    case 'tcp':
    case 'tls':
      return connectStream(options, registry)
    case 'ws':
    case 'wss':
      return connectWebSocket(options, registry)
  }
}

/** The keep-alive of RFC 5626 §4.4: STUN on UDP, CRLFCRLF on all else. `onPong` hears the answer. */
export function sendPing(flow: TransportFlow): void {
  flow.send(flow.transport === 'udp' ? encodeBindingRequest(randomBytes(12)) : ping)
}

const ping = Buffer.from('\r\n\r\n')

/** One registry, thus one timer, for all flows of one sink: a simulator has ten thousands. */
const registries = new WeakMap<FlowSink, Map<TransportName, FlowRegistry>>()

function registryFor(sink: FlowSink, transport: TransportName): FlowRegistry {
  const ofSink = registries.get(sink) ?? new Map<TransportName, FlowRegistry>()
  registries.set(sink, ofSink)
  const budget = new MemoryBudget(Number.POSITIVE_INFINITY)
  const registry = ofSink.get(transport) ?? new FlowRegistry({ transport, sink, limits: clientLimits, budget })
  ofSink.set(transport, registry)
  return registry
}

function connectStream(options: ConnectOptions, registry: FlowRegistry): Promise<TransportFlow> {
  const isTls = options.transport === 'tls'
  const socket = isTls ? openTlsSocket(options) : openTcpSocket(options)
  const { host, port, deadlineMs } = options
  return whenConnected(socket, {
    place: `${host} port ${port}`,
    event: isTls ? 'secureConnect' : 'connect',
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    open: () => openFlow(socket, options, registry),
  })
}

function openFlow(socket: Socket, options: ConnectOptions, registry: FlowRegistry): TransportFlow {
  const { onPong, transport } = options
  const security = 'getProtocol' in socket ? securityOf(socket as Parameters<typeof securityOf>[0]) : null
  return new StreamFlow({ transport, socket, registry, security, onPong }).open()
}

function openTcpSocket({ host, port, localAddress }: ConnectOptions): Socket {
  return connectTcp({ ...streamOptions, host, port, ...(localAddress ? { localAddress } : {}) })
}

function openTlsSocket(options: ConnectOptions): Socket {
  const { host, port, localAddress } = options
  const { onSession } = options.tls ?? {}
  // `allowHalfOpen` is documented for `tls.connect`, and missing in its types.
  const place = { host, port, allowHalfOpen: true, ...(localAddress ? { localAddress } : {}) }
  const socket = connectTls({ ...clientTlsOptions(options), ...place })
  socket.setNoDelay(true).setKeepAlive(true, tcpProbeMs)
  if (onSession) socket.on('session', onSession)
  return socket
}

const streamOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: tcpProbeMs,
} as const
