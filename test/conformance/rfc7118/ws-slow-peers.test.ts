/** P4 on the `ws` adapter: half-sent frames and silent HTTP connections. uWebSockets.js shows neither to its user. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { connectPeer, endWithTest } from '../../unit/transport/peers.ts'
import { messageWith } from '../../unit/transport/recording-sink.ts'
import { listen } from './web-sockets.ts'

const upgrade = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  'Sec-WebSocket-Protocol: sip',
  '\r\n',
].join('\r\n')

/** A masked text frame (RFC 6455 §5.2) with a mask of zeros. */
function frame(text: string): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 255, 0, 0, 0, 0])
  return Buffer.concat([head, body])
}

describe('the ws adapter', () => {
  it('cuts who drips a frame, also after whole ones', async () => {
    const { web, sink } = await listen('ws', { limits: { messageDeadlineMs: 20 } })
    const peer = await connectPeer(web)
    peer.socket.write(upgrade)
    await peer.received('101 Switching Protocols')
    peer.socket.write(frame(messageWith('whole')))
    await sink.next('message')
    const bytes = frame(messageWith('dripping'))
    let at = 0
    const drip = setInterval(() => peer.socket.write(bytes.subarray(at, ++at)), 2)
    endWithTest(() => clearInterval(drip))
    expect((await sink.next('closed')).text).toBe('transport.slow-sender')
    clearInterval(drip)
    expect(sink.texts('message')).toEqual([messageWith('whole')])
  })

  it('closes an HTTP connection that asks for nothing', async () => {
    const { web } = await listen('ws', { limits: { handshakeDeadlineMs: 10, messageDeadlineMs: 10 } })
    const peer = await connectPeer(web)
    await peer.gone
  })
})
