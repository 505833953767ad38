/**
 * The web listener on Node's own HTTP server and the `ws` package: runs everywhere. The faster adapter with the same
 * surface is `uws-listener.ts`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { TransportEvent } from '../events.ts'
import { httpBodyBytesMax, httpConnectionsMax, webSocketFrameBytesMax } from '../limits.ts'
import { closeOnce } from '../listener.ts'
import { closeServer, listen, refuseSocket } from '../node-server.ts'
import { contextFor, contextOptions, domainContexts, type TlsCertificates } from '../tls-context.ts'
import type { AdaptedListener, WebAdapterOptions } from './adapter.ts'
import { answerHttp, bodyTooLong, type HttpResponse, isBodiless } from './http.ts'
import { bodyRefusal } from './http-body.ts'
import { refuseUpgrade, sipSubprotocol } from './upgrade.ts'
import { openWsFlow } from './ws-channel.ts'

export async function openWsListener(options: WebAdapterOptions): Promise<AdaptedListener> {
  const { registry, tls } = options
  const { server, reload } = tls ? createHttpsServer(options, tls) : createHttpServer(options)
  const upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: webSocketFrameBytesMax,
    perMessageDeflate: false,
    handleProtocols: () => sipSubprotocol,
  })
  server.maxConnections = registry.limits.flowsMax + httpConnectionsMax
  server.on('connection', (socket) => {
    if (registry.budget.isShedding) refuseSocket(socket)
  })
  server.on('request', (request, response) => void onRequest(request, response, options))
  server.on('upgrade', (request, socket, head) => onUpgrade(request, socket, head, upgrader, options))
  const { address, port } = await listen(server, options)
  const close = closeOnce(async () => {
    const closed = closeServer(server)
    await registry.closeAll(TransportEvent.listenerClosed)
    server.closeAllConnections()
    await closed
  })
  return { address, port, counts: registry.counts, close, reload }
}

interface Served {
  readonly server: Server | TlsServer
  readonly reload: (certificates: TlsCertificates) => void
}

/** No accept burst here: HTTP connections come and go, and become flows only by an upgrade, which is admitted. */
function httpOptions({ registry }: WebAdapterOptions) {
  const { handshakeDeadlineMs, messageDeadlineMs, sweepMs } = registry.limits
  return {
    noDelay: true,
    headersTimeout: handshakeDeadlineMs,
    requestTimeout: Math.max(messageDeadlineMs, handshakeDeadlineMs),
    connectionsCheckingInterval: sweepMs,
  }
}

function createHttpServer(options: WebAdapterOptions): Served {
  return { server: createServer(httpOptions(options)), reload: () => {} }
}

function createHttpsServer(options: WebAdapterOptions, tls: TlsCertificates): Served {
  let domains = domainContexts(tls)
  const server = createTlsServer({
    ...httpOptions(options),
    ...contextOptions(tls.certificate, tls),
    handshakeTimeout: options.registry.limits.handshakeDeadlineMs,
    SNICallback: (serverName, done) => done(null, contextFor(domains, serverName)),
  })
  const reload = (certificates: TlsCertificates) => {
    const newDomains = domainContexts(certificates)
    server.setSecureContext(contextOptions(certificates.certificate, certificates))
    domains = newDomains
  }
  return { server, reload }
}

function onUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  upgrader: WebSocketServer,
  options: WebAdapterOptions,
): void {
  const { registry } = options
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = request.socket
  const subprotocols = request.headers['sec-websocket-protocol'] ?? ''
  const { origin = '' } = request.headers
  const refusal = refuseUpgrade({ remoteAddress, subprotocols, origin }, registry, options.allowedOrigins)
  if (refusal) {
    refuse(socket, refusal.status, refusal.reason)
    return
  }
  upgrader.handleUpgrade(request, socket, head, (webSocket) => {
    const ends = { remoteAddress, remotePort, localAddress, localPort }
    openWsFlow(webSocket, request.socket, { transport: registry.transport, registry, ...ends })
  })
}

function refuse(socket: Duplex, status: number, reason: string): void {
  socket.on('error', () => {})
  const body = `${reason}\n`
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

async function onRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebAdapterOptions,
): Promise<void> {
  const refusal = bodyRefusal(headersOf(request))
  if (refusal) return write(response, refusal, true)
  const body = await readBody(request)
  if (body === 'gone') return
  write(response, body === 'too-long' ? bodyTooLong : await answer(request, body, options), body === 'too-long')
}

function answer(request: IncomingMessage, body: Buffer, options: WebAdapterOptions): Promise<HttpResponse> {
  const { url = '/', method = 'GET' } = request
  const queryAt = url.indexOf('?')
  const received = {
    method,
    path: queryAt < 0 ? url : url.slice(0, queryAt),
    query: queryAt < 0 ? '' : url.slice(queryAt + 1),
    headers: headersOf(request),
    remoteAddress: request.socket.remoteAddress ?? '',
    isSecure: options.tls !== undefined,
    body,
  }
  return answerHttp(options.http, received, (error) => {
    options.log?.write('error', 'transport.http-handler-failed', { path: received.path, error: String(error) })
  })
}

function headersOf(request: IncomingMessage): Map<string, string> {
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}

function readBody(request: IncomingMessage): Promise<Buffer | 'too-long' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > httpBodyBytesMax) resolve('too-long')
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', () => resolve('gone'))
    request.on('close', () => resolve('gone'))
  })
}

function write(response: ServerResponse, { status, headers = [], body = '' }: HttpResponse, closes: boolean): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const length = isBodiless(status) ? [] : [['Content-Length', String(bytes.length)] as const]
  const lines = [...headers, ...length, ...(closes ? [['Connection', 'close'] as const] : [])]
  response.writeHead(status, lines.flat())
  response.end(bytes)
}
