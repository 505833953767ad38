/**
 * What the web listener of a worker answers beside WebSockets: XCAP from its own core, metrics and health from main,
 * where alone they are whole, and pages, which are in its memory once and not in each worker's.
 */
import { type HttpRequest, type HttpResponse, notFound } from '../transport/index.ts'
import type { FromShardWorker, ShardWorkerData, ToShardWorker } from './worker-protocol.ts'

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
    const isPage = path === '/chat' || path.startsWith('/chat/')
    if (!isPage && !['/metrics', '/healthz', '/readyz', '/startupz'].includes(path)) return notFound
    return this.#askMain(request)
  }

  #askMain({ method, path, headers }: HttpRequest): Promise<HttpResponse> {
    const ask = ++this.#asksCount
    const ifNoneMatch = headers.get('if-none-match') ?? null
    const acceptsGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(headers.get('accept-encoding') ?? '')
    this.#tell({ kind: 'http-ask', ask, request: { method, path, ifNoneMatch, acceptsGzip } })
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
