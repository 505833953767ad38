/**
 * A listener for the admin API and the console alone, in main: HTTPS with Node's own server, client certificates asked
 * for and checked, but not demanded (mutual TLS is one way in, a token the other).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { NetworkRequest } from './network-front.ts'
import { apiRequest, closeServer, type NodeAnswer, readBody, write } from './node-http.ts'

/** Administrators and their programs are few; who connects and is silent gives way to them. */
const connectionsMax = 256
const requestDeadlineMs = 30_000
const silenceMs = 15_000

/** The certificate, and the authorities whose client certificates are believed, as `node:tls` takes them. */
export type HttpsMaterial = Pick<ServerOptions, 'cert' | 'key' | 'passphrase' | 'ca' | 'crl'>

export interface HttpsServerOptions {
  readonly host: string
  readonly port: number
  readonly material: HttpsMaterial
  answer(request: NetworkRequest): Promise<NodeAnswer>
}

export interface HttpsServer {
  readonly host: string
  readonly port: number
  /** For connections from now on. */
  renew(material: HttpsMaterial): void
  close(): Promise<void>
}

/** Throws what the system says: the address is taken, or not ours. */
export async function openHttpsServer(options: HttpsServerOptions): Promise<HttpsServer> {
  const server = createServer(
    {
      ...options.material,
      minVersion: 'TLSv1.2',
      requestCert: true,
      rejectUnauthorized: false,
      headersTimeout: requestDeadlineMs,
      requestTimeout: requestDeadlineMs,
      handshakeTimeout: requestDeadlineMs,
    },
    (request, response) => void serve(options, request, response),
  )
  server.maxConnections = connectionsMax
  // Also where an answer is not read: it is not kept for ever.
  server.setTimeout(silenceMs, (socket) => socket.destroy())
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  return {
    host: options.host,
    port,
    renew: (material) => server.setSecureContext({ ...material, minVersion: 'TLSv1.2' }),
    close: () => closeServer(server),
  }
}

function listen(server: Server, { host, port }: HttpsServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function serve(
  { answer }: HttpsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request).catch(() => undefined)
  if (body === undefined) return
  if (body === null) {
    response.setHeader('connection', 'close')
    const text = 'Content Too Large\n'
    return write(response, { status: 413, headers: [['content-type', 'text/plain; charset=utf-8']], body: text })
  }
  write(response, await answer(networkRequest(request, body)))
}

function networkRequest(request: IncomingMessage, body: Buffer): NetworkRequest {
  const { headers, url = '/', socket } = request
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  const one = (name: string) => {
    const value = headers[name]
    return value === undefined ? null : String(value)
  }
  return {
    ...apiRequest(request, { path, query: queryAt < 0 ? '' : url.slice(queryAt + 1), body }),
    remoteAddress: socket.remoteAddress ?? '',
    authorization: one('authorization'),
    cookie: one('cookie'),
    host: one('host'),
    origin: one('origin'),
    consoleHeader: one('meridian-console'),
    certificateNames: namesOf(socket as TLSSocket),
  }
}

/** Common name, DNS names and mail names; null: no certificate, or one that nobody we believe has issued. */
function namesOf(socket: TLSSocket): readonly string[] | null {
  if (!socket.authorized) return null
  const { subject, subjectaltname = '' } = socket.getPeerCertificate()
  if (!subject) return null
  const others = [...subjectaltname.matchAll(/(?:^|, )(?:DNS|email):([^,"]+)/g)].map(([, name]) => name!)
  // A name that could be mistaken for several is nobody's.
  const commonNames = [subject.CN ?? []].flat()
  return [...commonNames, ...others]
}
