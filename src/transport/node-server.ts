/**
 * Binding and closing of Node's own servers, alike for TCP, TLS and the `ws` adapter. What comes in is the caller's.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Log } from '../ports/log.ts'
import { tcpProbeMs } from './limits.ts'

/** Connections that the kernel may complete before we take them: a second of a restart storm. */
const backlog = 4_096
/** Of one listener of one worker; a full turn lasts some 60 ms, so this is a few hundred a second. */
const acceptsInOneTurn = 16

/**
 * Half-open, so that a peer which closes its side after a request still gets what this turn answers. No Nagle: writes
 * are joined by us, per turn.
 */
export const streamServerOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: tcpProbeMs,
} as const

export interface BindOptions {
  readonly host: string
  readonly port: number
  readonly reusePort?: boolean
  readonly log?: Log
}

/** A server's sockets, all on one port. */
export interface BoundServer {
  readonly address: string
  readonly port: number
  /** Stops accepting; resolves when all have let go of the port and of their connections. */
  close(): Promise<void>
}

/**
 * Listens by several sockets, between which the kernel spreads connections: libuv takes one connection of each socket
 * in a turn of the loop, so by a single one a worker whose turns are full would let in some twenty a second, while
 * thousands wait in the kernel where nobody sees them. Without `reusePort` it is one socket. Rejects with Node's error
 * (EADDRINUSE, EACCES), and listens on nothing then.
 */
export async function bindServer(server: Server, options: BindOptions): Promise<BoundServer> {
  const { address, port } = await listen(server, options)
  const servers = [server]
  try {
    while (options.reusePort && servers.length < acceptsInOneTurn) {
      const more = createServer(streamServerOptions, (socket) => void server.emit('connection', socket))
      await listen(more, { ...options, port })
      servers.push(more)
    }
  } catch (error) {
    await Promise.all(servers.map(closeServer))
    throw error
  }
  return { address, port, close: () => Promise.all(servers.map(closeServer)).then(() => undefined) }
}

/** Resolves with the bound address; rejects with Node's error (EADDRINUSE, EACCES). */
export function listen(server: Server, options: BindOptions): Promise<AddressInfo> {
  const { host, port, log } = options
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(
      { host, port, backlog, exclusive: true, ipv6Only: true, reusePort: options.reusePort ?? false },
      () => {
        server.off('error', reject)
        // After this an error is one failed accept (out of descriptors), which must not end the worker.
        server.on('error', (error) =>
          log?.write('warn', 'transport.accept-failed', { host, port, error: error.message }),
        )
        resolve(server.address() as AddressInfo)
      },
    )
  })
}

/** Stops accepting; resolves when the server has let go of its port and of its connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

/** A refused connection ends by a reset: no state lingers in our kernel for it. */
export function refuseSocket(socket: Socket): void {
  socket.on('error', () => {})
  socket.resetAndDestroy()
}
