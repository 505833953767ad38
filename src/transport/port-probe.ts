/**
 * Makes sure that nobody else listens where we are about to: workers listen with SO_REUSEPORT, with which two servers
 * could share a port and silently take each other's clients.
 */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

export interface ProbedEndpoint {
  readonly transport: string
  readonly host: string
  readonly port: number
}

/** Null when the address is free, else what to tell the administrator. */
export async function portFault({ transport, host, port }: ProbedEndpoint): Promise<string | null> {
  if (port === 0) return null
  const code = await (transport === 'udp' ? tryUdp(host, port) : tryTcp(host, port))
  if (code === null) return null
  if (code === 'EADDRINUSE') {
    const place = `${transport} ${host} port ${port}`
    return `${place} is taken by another program; stop it, or choose another port in listen.endpoints`
  }
  if (code === 'EACCES') return `${transport} ${host} port ${port}: this user may not listen there (ports below 1024)`
  if (code === 'EADDRNOTAVAIL') return `${host} is no address of this machine; see listen.endpoints`
  return `${transport} ${host} port ${port}: ${code}`
}

function tryTcp(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host, port, exclusive: true, ipv6Only: host.includes(':') }, () =>
      server.close(() => resolve(null)),
    )
  })
}

function tryUdp(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', ipv6Only: host.includes(':') })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(null)))
  })
}

/** Is there an IPv6 loopback at all? Containers often have none; the default endpoints then leave it out. */
export async function isAddressAvailable(host: string): Promise<boolean> {
  return (await tryTcp(host, 0)) === null
}
