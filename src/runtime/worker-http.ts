/**
 * What the web listener of a worker answers beside WebSockets: XCAP from its own core, metrics and health from main,
 * where alone they are whole, pages, which are in its memory once and not in each worker's, and the admin API.
 */
import { type HttpRequest, type HttpResponse, notFound } from '../transport/index.ts'
import type { ApiAskOfMain, FromShardWorker, ShardWorkerData, ToShardWorker } from './worker-protocol.ts'

/** A name, a password and a device, or what stands for them. */
const formBytesMax = 8_192

/** Requests that wait for main, of one worker. */
const asksMax = 256
const busy: HttpResponse = { status: 503, headers: [['retry-after', '2']], body: 'stopping or busy\n' }

interface XcapSide {
  isXcap(path: string): boolean
  ask(request: HttpRequest, answer: (response: HttpResponse) => void): void
}

export class WorkerHttp {
  readonly #xcap: XcapSide
  /** Its values change with the configuration. */
  readonly #web: ShardWorkerData['web']
  readonly #tell: (message: FromShardWorker) => void
  readonly #asks = new Map<number, (response: HttpResponse) => void>()
  #asksCount = 0
  #isDraining = false

  constructor(xcap: XcapSide, web: ShardWorkerData['web'], tell: (message: FromShardWorker) => void) {
    this.#xcap = xcap
    this.#web = web
    this.#tell = tell
  }

  drain(): void {
    this.#isDraining = true
  }

  onRequest(request: HttpRequest): Promise<HttpResponse> | HttpResponse {
    const { path, remoteAddress } = request
    if (this.#xcap.isXcap(path)) return this.#onXcap(request)
    if (path === '/metrics' && !isOpen(this.#web.metrics, remoteAddress)) {
      return { status: 403, body: 'metrics are not open to this address\n' }
    }
    if (isBelow('/v1', path) || isBelow('/console', path)) return this.#onAdmin(request)
    const isForm = isBelow('/enroll', path)
    if (isForm && !request.isSecure && !isOpen('loopback', remoteAddress))
      return { status: 403, body: 'passwords are taken over TLS only\n' }
    if (isForm && request.body.length > formBytesMax) return { status: 413, body: 'too large\n' }
    const isPage = isForm || isBelow('/chat', path)
    if (!isPage && !['/metrics', '/healthz', '/readyz', '/startupz'].includes(path)) return notFound
    return this.#askMain(request, null)
  }

  /** Tokens and cookies that cross a network in the clear are somebody else's: HTTPS alone. */
  #onAdmin(request: HttpRequest): Promise<HttpResponse> | HttpResponse {
    const { path, isSecure, remoteAddress } = request
    if (this.#web.admin === 'off') return notFound
    if (!isSecure) return { status: 403, body: 'the admin API and the console are served over HTTPS alone\n' }
    if (!isOpen(this.#web.admin, remoteAddress)) {
      return { status: 403, body: 'the admin API is not open to this address (admin.web)\n' }
    }
    const isPage = isBelow('/console', path) && path !== '/console/session'
    if (!isPage && (this.#isDraining || this.#asks.size >= asksMax)) return busy
    return this.#askMain(request, isPage ? null : apiAsk(request))
  }

  #askMain(given: HttpRequest, api: ApiAskOfMain | null): Promise<HttpResponse> {
    const { method, path, headers, remoteAddress, body } = given
    const ask = ++this.#asksCount
    const acceptsGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(headers.get('accept-encoding') ?? '')
    const request = {
      method,
      path,
      ifNoneMatch: headers.get('if-none-match') ?? null,
      acceptsGzip,
      remoteAddress,
      accept: headers.get('accept') ?? '',
      contentType: headers.get('content-type') ?? '',
      host: headers.get('host') ?? null,
      origin: headers.get('origin') ?? null,
      fetchSite: headers.get('sec-fetch-site') ?? null,
      body: method === 'POST' && api === null ? body.toString('utf8') : '',
      api,
    }
    this.#tell({ kind: 'http-ask', ask, request })
    return new Promise((resolve) => this.#asks.set(ask, resolve))
  }

  onAnswer({ ask, status, headers, body }: ToShardWorker & { kind: 'http-answer' }): void {
    this.#asks.get(ask)?.({ status, headers, body })
    this.#asks.delete(ask)
  }

  #onXcap(request: HttpRequest): Promise<HttpResponse> {
    if (this.#isDraining) return Promise.resolve(busy)
    return new Promise((resolve) => this.#xcap.ask(request, resolve))
  }
}

function isBelow(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`)
}

function isOpen(to: 'off' | 'loopback' | 'everyone', address: string): boolean {
  return to === 'everyone' || (to === 'loopback' && (address === '::1' || address.startsWith('127.')))
}

function apiAsk({ query, headers, body }: HttpRequest): ApiAskOfMain {
  const header = (name: string) => headers.get(name) ?? null
  return {
    query,
    ifMatch: header('if-match'),
    authorization: header('authorization'),
    cookie: header('cookie'),
    consoleHeader: header('meridian-console'),
    body,
  }
}
