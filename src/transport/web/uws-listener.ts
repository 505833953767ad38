/**
 * The web listener on uWebSockets.js: a third cheaper per message and an eighth of the memory of `ws-listener.ts`,
 * which has the same surface. Loading the binary is `load-uws.ts`'s.
 *
 * Theory of operation. Objects of uWebSockets.js die when their close handler has run, some of them before the call
 * that closed them returns; after that each use throws. So a channel forgets its socket in the close handler. An app
 * cannot change its certificate: a reload opens a second app on the same port and takes the first one's listening
 * socket away, whose flows live on until the listener closes. An app that is open when its thread ends aborts the
 * process, so `close` ends every app, also those before reloads.
 */
import { STATUS_CODES } from 'node:http'
import { createServer } from 'node:net'
import { createSecureContext } from 'node:tls'
import { TransportEvent } from '../events.ts'
import { httpBodyBytesMax, webSocketFrameBytesMax } from '../limits.ts'
import { closeOnce } from '../listener.ts'
import { closeServer, listen } from '../node-server.ts'
import { contextOptions, type TlsCertificates } from '../tls-context.ts'
import type { AdaptedListener, WebAdapterOptions } from './adapter.ts'
import { answerHttp, bodyTooLate, bodyTooLong, type HttpResponse, isBodiless } from './http.ts'
import { bodyRefusal } from './http-body.ts'
import { refuseUpgrade, sipSubprotocol } from './upgrade.ts'
import type { UwsApp, UwsListenSocket, UwsModule, UwsRequest, UwsResponse, UwsWebSocket } from './uws-types.ts'
import { isTextFrame, type WebSocketChannel, WebSocketFlow } from './web-socket-flow.ts'

/** What hangs on a socket of uWebSockets.js. */
interface Attached {
  readonly remoteAddress: string
  channel: UwsChannel | null
  flow: WebSocketFlow | null
}

export async function openUwsListener(uws: UwsModule, options: WebAdapterOptions): Promise<AdaptedListener> {
  const { registry } = options
  const port = await choosePort(options)
  const apps = new UwsApps(uws, options)
  apps.open(options.tls, port)
  const close = closeOnce(async () => {
    apps.stopListening()
    await registry.closeAll(TransportEvent.listenerClosed)
    apps.close()
  })
  return {
    address: options.host,
    port,
    counts: registry.counts,
    close,
    reload: (certificates) => {
      if (options.tls) apps.open(certificates, port)
    },
  }
}

class UwsApps {
  readonly #uws: UwsModule
  readonly #options: WebAdapterOptions
  readonly #apps: UwsApp[] = []
  #listening: UwsListenSocket | null = null

  constructor(uws: UwsModule, options: WebAdapterOptions) {
    this.#uws = uws
    this.#options = options
  }

  /** Listens with these certificates instead of those before. */
  open(tls: TlsCertificates | undefined, port: number): void {
    const app = tls ? createTlsApp(this.#uws, tls) : this.#uws.App()
    addRoutes(app, this.#uws, this.#options, port)
    for (const [domain, files] of tls?.domains ?? []) {
      app.addServerName(domain, { key_file_name: files.keyFile, cert_file_name: files.certFile })
      addRoutes(app.domain(domain), this.#uws, this.#options, port)
    }
    const opened = listenOn(app, this.#options.host, port)
    if (!opened) {
      app.close()
      throw new Error(`listen EADDRINUSE: cannot listen on ${this.#options.host} port ${port}`)
    }
    this.stopListening()
    this.#apps.push(app)
    this.#listening = opened
  }

  stopListening(): void {
    if (this.#listening) this.#uws.us_listen_socket_close(this.#listening)
    this.#listening = null
  }

  close(): void {
    for (const app of this.#apps) app.close()
    this.#apps.length = 0
  }
}

/**
 * A reload needs a shared port, which uWebSockets.js gives for every number but 0. So Node finds the free one, and it
 * also says whether someone else has a port that is not to be shared.
 */
async function choosePort(options: WebAdapterOptions): Promise<number> {
  if (options.reusePort && options.port !== 0) return options.port
  const probe = createServer()
  const { port } = await listen(probe, options)
  await closeServer(probe)
  return port
}

function listenOn(app: UwsApp, host: string, port: number): UwsListenSocket | null {
  let opened: UwsListenSocket | null = null
  // Calls back before it returns.
  app.listen(host, port, (socket) => {
    opened = socket || null
  })
  return opened
}

function createTlsApp(uws: UwsModule, tls: TlsCertificates): UwsApp {
  // Read here too, because uWebSockets.js takes a broken file without a word and then fails every handshake.
  for (const files of [tls.certificate, ...(tls.domains?.values() ?? [])]) {
    createSecureContext(contextOptions(files, tls))
  }
  const { certificate, passphrase } = tls
  const files = { key_file_name: certificate.keyFile, cert_file_name: certificate.certFile }
  return uws.SSLApp(passphrase === undefined ? files : { ...files, passphrase })
}

function addRoutes(app: UwsApp, uws: UwsModule, options: WebAdapterOptions, port: number): void {
  const { registry, host } = options
  app.ws<Attached>('/*', {
    maxPayloadLength: webSocketFrameBytesMax,
    // The flow cuts at its own limit; this is only the net below it.
    maxBackpressure: 0,
    // Flows have deadlines and pings of their own, the same with both adapters.
    idleTimeout: 0,
    sendPingsAutomatically: false,
    compression: uws.DISABLED,
    upgrade: (response, request, context) => {
      const attached = admit(response, request, options)
      if (!attached) return
      const key = request.getHeader('sec-websocket-key')
      response.upgrade(attached, key, sipSubprotocol, request.getHeader('sec-websocket-extensions'), context)
    },
    open: (socket) => {
      const attached = socket.getUserData()
      const { remoteAddress } = attached
      const ends = { remoteAddress, remotePort: 0, localAddress: host, localPort: port }
      attached.channel = new UwsChannel(socket)
      attached.flow = new WebSocketFlow(attached.channel, { transport: registry.transport, registry, ...ends })
      registry.opened(attached.flow)
    },
    message: (socket, message) => socket.getUserData().flow?.onFrame(Buffer.copyBytesFrom(new Uint8Array(message))),
    ping: (socket) => socket.getUserData().flow?.onAlive(),
    pong: (socket) => socket.getUserData().flow?.onAlive(),
    close: (socket, code, message) => {
      const attached = socket.getUserData()
      attached.channel?.forget()
      attached.flow?.onChannelClosed(closeReason(code, Buffer.from(message).toString('latin1')))
    },
  })
  app.any('/*', (response, request) => onRequest(response, request, options))
}

/** 1006 is an end without a close frame, for which uWebSockets.js gives its own reason as text. */
function closeReason(code: number, message: string): string {
  if (code !== 1006) return TransportEvent.peerClosed
  return /too big|too long|size limit/i.test(message) ? TransportEvent.frameTooLong : TransportEvent.peerReset
}

function admit(response: UwsResponse, request: UwsRequest, options: WebAdapterOptions): Attached | null {
  const remoteAddress = addressText(response)
  const subprotocols = request.getHeader('sec-websocket-protocol')
  const origin = request.getHeader('origin')
  const refusal = refuseUpgrade({ remoteAddress, subprotocols, origin }, options.registry, options.allowedOrigins)
  if (!refusal) return { remoteAddress, channel: null, flow: null }
  response.cork(() => {
    response.writeStatus(`${refusal.status} ${STATUS_CODES[refusal.status]}`)
    response.writeHeader('Content-Type', 'text/plain; charset=utf-8')
    response.end(`${refusal.reason}\n`, true)
  })
  return null
}

/** As Node writes it: IPv4 dotted also where the socket takes both, IPv6 short. */
function addressText(response: UwsResponse): string {
  const text = Buffer.from(response.getRemoteAddressAsText()).toString('latin1')
  if (!text.includes(':')) return text
  const short = new URL(`http://[${text}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(short)
  if (!mapped) return short
  const word = (Number.parseInt(mapped[1] as string, 16) * 65_536 + Number.parseInt(mapped[2] as string, 16)) >>> 0
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join('.')
}

class UwsChannel implements WebSocketChannel {
  readonly receivedBytes = 0
  #socket: UwsWebSocket<Attached> | null

  constructor(socket: UwsWebSocket<Attached>) {
    this.#socket = socket
  }

  forget(): void {
    this.#socket = null
  }

  get bufferedBytes(): number {
    return this.#socket?.getBufferedAmount() ?? 0
  }

  send(frames: readonly Uint8Array[]): void {
    const socket = this.#socket
    socket?.cork(() => {
      for (const frame of frames) socket.send(frame, !isTextFrame(frame))
    })
  }

  ping(): void {
    this.#socket?.ping()
  }

  end(code: number): void {
    this.#socket?.end(code)
  }

  destroy(): void {
    this.#socket?.close()
  }
}

function onRequest(response: UwsResponse, request: UwsRequest, options: WebAdapterOptions): void {
  // All of the request is read before the handler returns: its memory is gone then.
  const headers = new Map<string, string>()
  request.forEach((name, value) => {
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  })
  const received = {
    method: request.getMethod().toUpperCase(),
    path: request.getUrl(),
    query: request.getQuery() ?? '',
    headers,
    remoteAddress: addressText(response),
    isSecure: options.tls !== undefined,
  }
  let isGone = false
  const finish = (answer: HttpResponse, closes = false) => {
    clearTimeout(deadline)
    if (!isGone) write(response, answer, { isHead: received.method === 'HEAD', closes })
    isGone = true
  }
  // Its own deadline is begun anew by every byte.
  const deadline = setTimeout(() => finish(bodyTooLate, true), options.registry.limits.messageDeadlineMs)
  response.onAborted(() => {
    clearTimeout(deadline)
    isGone = true
  })
  const refusal = bodyRefusal(headers)
  // Later: while a request waits, one behind it in the same packet ends the connection; answered now it would be read.
  if (refusal) return void setImmediate(() => finish(refusal, true))
  readBody(response, async (body) => {
    clearTimeout(deadline)
    if (isGone) return
    if (body === null) return finish(bodyTooLong, true)
    const onFailure = (error: unknown) => {
      options.log?.write('error', 'transport.http-handler-failed', { path: received.path, error: String(error) })
    }
    finish(await answerHttp(options.http, { ...received, body }, onFailure))
  })
}

/** Null: too long, told once. */
function readBody(response: UwsResponse, done: (body: Buffer | null) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  response.onData((chunk, isLast) => {
    if (size > httpBodyBytesMax) return
    size += chunk.byteLength
    if (size > httpBodyBytesMax) return done(null)
    chunks.push(Buffer.copyBytesFrom(new Uint8Array(chunk)))
    if (isLast) done(Buffer.concat(chunks))
  })
}

/** `closes`: the rest of the request is not read, so nothing behind it can be. */
function write(
  response: UwsResponse,
  { status, headers = [], body = '' }: HttpResponse,
  { isHead, closes }: { readonly isHead: boolean; readonly closes: boolean },
): void {
  response.cork(() => {
    response.writeStatus(`${status} ${STATUS_CODES[status] ?? 'Unknown'}`)
    for (const [name, value] of headers) response.writeHeader(name, value)
    if (isBodiless(status)) response.endWithoutBody()
    else if (isHead) response.endWithoutBody(Buffer.byteLength(body), closes)
    else response.end(body, closes)
  })
}
