/** Opens web listeners and WebSocket peers for the tests of this folder; all end with the test. */
import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'
import type { WebAdapter, WebListener, WebListenOptions } from '../../../src/transport/web/adapter.ts'
import { loadUws } from '../../../src/transport/web/load-uws.ts'
import { openWebListener } from '../../../src/transport/web/web-listener.ts'
import { endWithTest } from '../../unit/transport/peers.ts'
import { RecordingLog, RecordingSink } from '../../unit/transport/recording-sink.ts'

/** Both adapters where the binary loads on this machine. */
export const adapters: readonly WebAdapter[] = 'reason' in loadUws() ? ['ws'] : ['uws', 'ws']

export async function listen(adapter: WebAdapter, options: Partial<WebListenOptions> = {}) {
  const sink = new RecordingSink()
  const log = new RecordingLog()
  const limits = { sweepMs: 2, ...options.limits }
  const web = await openWebListener({ host: '127.0.0.1', port: 0, log, adapter, ...options, limits }, sink)
  endWithTest(() => web.close())
  return { web, sink, log }
}

const authority = ({ address, port }: WebListener) => `${address.includes(':') ? `[${address}]` : address}:${port}`

export const urlOf = (web: WebListener, path = '/') => `${web.transport}://${authority(web)}${path}`
export const httpUrlOf = (web: WebListener, path = '/') =>
  `${web.transport === 'wss' ? 'https' : 'http'}://${authority(web)}${path}`

/** Not yet open. */
export function webSocketTo(
  web: WebListener,
  subprotocols: string[] = ['sip'],
  options: ClientOptions = {},
): WebSocket {
  const webSocket = new WebSocket(urlOf(web), subprotocols, { perMessageDeflate: false, ...options })
  webSocket.on('error', () => {})
  endWithTest(() => webSocket.terminate())
  return webSocket
}

export async function openWebSocket(web: WebListener, options: ClientOptions = {}): Promise<WebSocket> {
  const webSocket = webSocketTo(web, ['sip'], options)
  await once(webSocket, 'open')
  return webSocket
}

export async function refusalOf(webSocket: WebSocket): Promise<number> {
  const [, response] = await once(webSocket, 'unexpected-response')
  response.resume()
  return response.statusCode
}

export interface Frame {
  readonly text: string
  readonly isBinary: boolean
}

export async function nextFrames(webSocket: WebSocket, count: number): Promise<Frame[]> {
  const frames: Frame[] = []
  await new Promise<void>((resolve) => {
    webSocket.on('message', (data, isBinary) => {
      frames.push({ text: data.toString(), isBinary })
      if (frames.length === count) resolve()
    })
  })
  return frames
}
