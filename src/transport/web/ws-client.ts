/**
 * The client side of SIP over WebSocket (RFC 7118), on the `ws` package. How it is told where to go is
 * `client-options.ts`.
 */
import { isIPv6 } from 'node:net'
import { WebSocket } from 'ws'
import type { TransportFlow } from '../../ports/flows.ts'
import { type ConnectOptions, clientTlsOptions, connectDeadlineMs } from '../client-options.ts'
import type { FlowRegistry } from '../flow-registry.ts'
import { webSocketFrameBytesMax } from '../limits.ts'
import { sipSubprotocol } from './upgrade.ts'
import { openWsFlow } from './ws-channel.ts'

export function connectWebSocket(options: ConnectOptions, registry: FlowRegistry): Promise<TransportFlow> {
  const { transport, host, port, path = '/', origin, localAddress, onPong } = options
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`
  const webSocket = new WebSocket(`${transport}://${authority}${path}`, sipSubprotocol, {
    ...(transport === 'wss' ? clientTlsOptions(options) : {}),
    ...(origin === undefined ? {} : { origin }),
    ...(localAddress === undefined ? {} : { localAddress }),
    handshakeTimeout: options.deadlineMs ?? connectDeadlineMs,
    maxPayload: webSocketFrameBytesMax,
    // Compressed frames of secret and chosen text together tell the secret (CRIME), and SIP is short.
    perMessageDeflate: false,
  })
  return new Promise((resolve, reject) => {
    webSocket.once('error', reject)
    webSocket.once('upgrade', ({ socket }) => {
      webSocket.once('open', () => {
        webSocket.off('error', reject)
        const { remoteAddress = '', remotePort = 0, localAddress: ownAddress = '', localPort = 0 } = socket
        const ends = { remoteAddress, remotePort, localAddress: ownAddress, localPort }
        resolve(openWsFlow(webSocket, socket, { transport, registry, ...ends, onPong }))
      })
    })
  })
}
