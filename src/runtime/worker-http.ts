/**
 * What the web listener of a worker answers beside WebSockets: XCAP from its own core, metrics and health from main,
 * where alone they are whole, and pages, which are in its memory once and not in each worker's.
 */
import { type HttpRequest, type HttpResponse, notFound } from '../transport/index.ts'
import type { FromShardWorker, ShardWorkerData, ToShardWorker } from './worker-protocol.ts'

/** A name, a password and a device, or what stands for them. */
const formBytesMax = 8_192

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
    const isLocal = remoteAddress === '::1' || remoteAddress.startsWith('127.')
    if (path === '/metrics' && !(this.#web.metrics === 'everyone' || (this.#web.metrics === 'loopback' && isLocal))) {
      return { status: 403, body: 'metrics are not open to this address\n' }
    }
    const isForm = isBelow('/enroll', path)
    if (isForm && !request.isSecure && !isLocal) return { status: 403, body: 'passwords are taken over TLS only\n' }
    if (isForm && request.body.length > formBytesMax) return { status: 413, body: 'too large\n' }
    const isPage = isForm || isBelow('/chat', path)
    if (!isPage && !['/metrics', '/healthz', '/readyz', '/startupz'].includes(path)) return notFound
    return this.#askMain(request)
  }

  #askMain({ method, path, headers, remoteAddress, body }: HttpRequest): Promise<HttpResponse> {
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
      body: method === 'POST' ? body.toString('utf8') : '',
    }
    this.#tell({ kind: 'http-ask', ask, request })
    return new Promise((resolve) => this.#asks.set(ask, resolve))
  }

  onAnswer({ ask, status, headers, body }: ToShardWorker & { kind: 'http-answer' }): void {
    this.#asks.get(ask)?.({ status, headers, body })
    this.#asks.delete(ask)
  }

  #onXcap(request: HttpRequest): Promise<HttpResponse> {
    if (this.#isDraining) return Promise.resolve({ status: 503, headers: [['retry-after', '2']], body: 'stopping\n' })
    return new Promise((resolve) => this.#xcap.ask(request, resolve))
  }
}

function isBelow(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`)
}
