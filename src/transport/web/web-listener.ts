/**
 * The web listener: SIP over WebSocket (RFC 7118) and plain HTTP on one port, with or without TLS. Picks the adapter
 * and says which runs: uWebSockets.js where its binary loads, else `ws` on Node's own HTTP server; both behave alike.
 */
import type { FlowSink } from '../../ports/flows.ts'
import { FlowRegistry } from '../flow-registry.ts'
import { webSocketLimits } from '../limits.ts'
import type { WebAdapterOptions, WebListener, WebListenOptions } from './adapter.ts'
import { loadUws } from './load-uws.ts'
import { openUwsListener } from './uws-listener.ts'
import { openWsListener } from './ws-listener.ts'

export async function openWebListener(options: WebListenOptions, sink: FlowSink): Promise<WebListener> {
  const transport = options.tls ? 'wss' : 'ws'
  const limits = { ...webSocketLimits, ...options.limits }
  const registry = new FlowRegistry({ ...options, transport, sink, limits })
  const adapterOptions: WebAdapterOptions = { ...options, registry, allowedOrigins: originSet(options.origins) }
  const allowOrigins = (origins: readonly string[] | undefined) => {
    adapterOptions.allowedOrigins = originSet(origins)
  }
  const uws = options.adapter === 'ws' ? null : loadUws()
  if (uws && !('reason' in uws)) {
    const listener = await openUwsListener(uws, adapterOptions)
    return { ...listener, transport, adapter: 'uws', adapterReason: null, allowOrigins }
  }
  if (options.adapter === 'uws') throw new Error(`uWebSockets.js does not load: ${uws?.reason}`)
  const adapterReason = uws?.reason ?? null
  if (adapterReason) options.log?.write('info', 'transport.uws-unavailable', { reason: adapterReason })
  return { ...(await openWsListener(adapterOptions)), transport, adapter: 'ws', adapterReason, allowOrigins }
}

function originSet(origins: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return origins && new Set(origins.map((origin) => origin.toLowerCase()))
}
