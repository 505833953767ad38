/**
 * What the two adapters of the web listener are given and give back, apart from who picks between them.
 */
import type { FlowRegistry } from '../flow-registry.ts'
import type { Listener, ListenOptions } from '../listener.ts'
import type { TlsCertificates } from '../tls-context.ts'
import type { HttpHandler } from './http.ts'

export type WebAdapter = 'uws' | 'ws'

export interface WebListenOptions extends ListenOptions {
  /** With it WSS and HTTPS, without it WS and HTTP. Client certificates and tickets are the TLS port's. */
  readonly tls?: TlsCertificates
  /** Origins (`https://chat.example.test`) whose pages may open a WebSocket; undefined: all. */
  readonly origins?: readonly string[]
  /** What is no WebSocket; 404 without one. */
  readonly http?: HttpHandler
  /** For tests, and for who distrusts a binary: `ws` always works. */
  readonly adapter?: WebAdapter | 'auto'
}

export interface WebListener extends Listener {
  readonly transport: 'ws' | 'wss'
  readonly adapter: WebAdapter
  /** Why the faster adapter does not run; null when it does, or was not asked for. */
  readonly adapterReason: string | null
  /**
   * Shows other certificates to new connections; flows stay. Throws, changing nothing, if they cannot be read. Does
   * nothing without TLS.
   */
  reload(certificates: TlsCertificates): void
  /** As `origins` of the options; WebSockets that are open stay. */
  allowOrigins(origins: readonly string[] | undefined): void
}

/** Everything decided, nothing left to default. */
export interface WebAdapterOptions extends WebListenOptions {
  readonly registry: FlowRegistry
  /** Read at each upgrade: `allowOrigins` changes it. */
  allowedOrigins: ReadonlySet<string> | undefined
}

export type AdaptedListener = Omit<WebListener, 'transport' | 'adapter' | 'adapterReason' | 'allowOrigins'>
