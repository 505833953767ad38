/** RFC 7118 §5 and §6: SIP messages in frames, keep-alives, ends, on both adapters. */
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { webSocketFrameBytesMax } from '../../../src/transport/limits.ts'
import { loopbacks } from '../../unit/transport/loopbacks.ts'
import { endWithTest } from '../../unit/transport/peers.ts'
import { messageWith } from '../../unit/transport/recording-sink.ts'
import { adapters, listen, nextFrames, openWebSocket } from './web-sockets.ts'

const binaryAnswer = Buffer.from([0x53, 0x49, 0x50, 0xff, 0xfe])

describe.each(adapters)('RFC 7118 §5 frames on %s', (adapter) => {
  it.each(loopbacks)('takes one message a frame, text or binary, from %s', async (host) => {
    const { web, sink } = await listen(adapter, { host })
    const webSocket = await openWebSocket(web)
    webSocket.send(messageWith('text ä'))
    webSocket.send(Buffer.from(messageWith('binary')))
    await sink.next('message')
    await sink.next('message')
    expect(sink.texts('message')).toEqual([messageWith('text ä'), messageWith('binary')])
    const { flow } = await sink.next('opened')
    expect(flow).toMatchObject({ transport: 'ws', remoteAddress: host, localAddress: host, localPort: web.port })
    expect(web.counts).toMatchObject({ receivedMessages: 2, openFlows: 1 })
  })

  it('takes a message without Content-Length, since the frame ends it', async () => {
    const { web, sink } = await listen(adapter)
    const message = messageWith('no length').replace(/Content-Length.*\r\n/, '')
    ;(await openWebSocket(web)).send(message)
    expect((await sink.next('message')).text).toBe(message)
  })

  it('takes a message that comes in fragments', async () => {
    const { web, sink } = await listen(adapter)
    const webSocket = await openWebSocket(web)
    const message = messageWith('in pieces')
    webSocket.send(message.slice(0, 40), { fin: false })
    webSocket.send(message.slice(40), { fin: true })
    expect((await sink.next('message')).text).toBe(message)
  })

  it('sends what is UTF-8 as text and what is not as binary, each message in a frame of its own', async () => {
    const { web, sink } = await listen(adapter)
    const webSocket = await openWebSocket(web)
    const { flow } = await sink.next('opened')
    const frames = nextFrames(webSocket, 3)
    for (const bytes of [Buffer.from('SIP ä'), Buffer.from('second'), binaryAnswer]) flow.send(bytes)
    expect(await frames).toEqual([
      { text: 'SIP ä', isBinary: false },
      { text: 'second', isBinary: false },
      { text: binaryAnswer.toString(), isBinary: true },
    ])
    expect(web.counts.writes).toBe(1)
  })

  it('ends a flow whose message is too long', async () => {
    const { web, sink } = await listen(adapter)
    const webSocket = await openWebSocket(web)
    webSocket.send(Buffer.alloc(webSocketFrameBytesMax + 1))
    expect((await sink.next('closed')).text).toBe('transport.frame-too-long')
    expect(sink.of('message')).toHaveLength(0)
  })
})

describe.each(adapters)('RFC 7118 §6 keep-alive on %s', (adapter) => {
  it('answers a ping frame with a pong frame, and a CRLFCRLF frame with CRLF', async () => {
    const { web, sink } = await listen(adapter)
    const webSocket = await openWebSocket(web)
    const ponged = once(webSocket, 'pong')
    webSocket.ping('are you there')
    expect((await ponged)[0].toString()).toBe('are you there')
    const frames = nextFrames(webSocket, 1)
    webSocket.send('\r\n\r\n')
    expect(await frames).toEqual([{ text: '\r\n', isBinary: false }])
    expect(sink.of('message')).toHaveLength(0)
  })

  it('pings who is silent, and keeps who answers', async () => {
    const { web } = await listen(adapter, { limits: { pingAfterMs: 4, pongDeadlineMs: 3_600_000 } })
    const webSocket = await openWebSocket(web)
    await once(webSocket, 'ping')
    await once(webSocket, 'ping')
    expect(webSocket.readyState).toBe(webSocket.OPEN)
  })

  it('cuts who does not answer the ping', async () => {
    const { web, sink } = await listen(adapter, { limits: { pingAfterMs: 4, pongDeadlineMs: 8 } })
    await openWebSocket(web, { autoPong: false })
    expect((await sink.next('closed')).text).toBe('transport.no-pong')
  })
})

describe.each(adapters)('ends of WebSocket flows on %s', (adapter) => {
  it('tells a close from a lost connection', async () => {
    const { web, sink } = await listen(adapter)
    const polite = await openWebSocket(web)
    await sink.next('opened')
    polite.close()
    expect((await sink.next('closed')).text).toBe('transport.peer-closed')
    const lost = await openWebSocket(web)
    await sink.next('opened')
    lost.terminate()
    expect((await sink.next('closed')).text).toBe('transport.peer-reset')
    expect(web.counts.openFlows).toBe(0)
  })

  it('delivers what was sent before it closes, and drops what is sent after', async () => {
    const { web, sink } = await listen(adapter)
    const webSocket = await openWebSocket(web)
    const { flow } = await sink.next('opened')
    const frames = nextFrames(webSocket, 1)
    const closed = once(webSocket, 'close')
    flow.send(Buffer.from('last words'))
    flow.close('test.done')
    expect((await sink.next('closed')).text).toBe('test.done')
    flow.send(Buffer.from('too late'))
    expect(flow.bufferedBytes).toBe(0)
    expect(await frames).toEqual([{ text: 'last words', isBinary: false }])
    expect((await closed)[0]).toBe(1000)
  })

  it('says "going away" when the listener closes, and lets go of the port', async () => {
    const { web, sink } = await listen(adapter)
    const webSocket = await openWebSocket(web)
    const closed = once(webSocket, 'close')
    await sink.next('opened')
    await web.close()
    expect((await closed)[0]).toBe(1001)
    expect(sink.texts('closed')).toEqual(['transport.listener-closed'])
    expect((await listen(adapter, { port: web.port })).web.port).toBe(web.port)
  })

  it('cuts who says nothing', async () => {
    const { web, sink } = await listen(adapter, { limits: { firstMessageDeadlineMs: 10 } })
    const closed = once(await openWebSocket(web), 'close')
    expect((await sink.next('closed')).text).toBe('transport.no-first-message')
    await closed
  })

  it('cuts who does not read (P4)', async () => {
    const { web, sink } = await listen(adapter, { limits: { bufferedBytesMax: 64 * 1024 } })
    const webSocket = await openWebSocket(web)
    webSocket.pause()
    const { flow } = await sink.next('opened')
    const block = Buffer.alloc(128 * 1024, 'x')
    const fill = setInterval(() => flow.send(block), 1)
    endWithTest(() => clearInterval(fill))
    expect((await sink.next('closed')).text).toBe('transport.never-reading')
    clearInterval(fill)
  })
})
