/** RFC 7118 §4.1 and §5: who may open a WebSocket for SIP, on both adapters. */
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { adapters, listen, openWebSocket, refusalOf, webSocketTo } from './web-sockets.ts'

describe.each(adapters)('RFC 7118 §4.1 handshake on %s', (adapter) => {
  it('answers with the subprotocol "sip" among those offered', async () => {
    const { web } = await listen(adapter)
    const webSocket = webSocketTo(web, ['other', 'sip'])
    await once(webSocket, 'open')
    expect(webSocket.protocol).toBe('sip')
  })

  it.each([[[]], [['xmpp']]])('refuses who offers %j with 400', async (subprotocols) => {
    const { web, sink, log } = await listen(adapter)
    const counted = log.next('info', 'transport.subprotocol-missing')
    expect(await refusalOf(webSocketTo(web, subprotocols))).toBe(400)
    await counted
    expect(sink.events).toEqual([])
  })

  it('refuses pages of foreign origins with 403, and takes ours and clients without one (RFC 6455 §10.2)', async () => {
    const { web, log } = await listen(adapter, { origins: ['https://Chat.example.test'] })
    const counted = log.next('info', 'transport.origin-refused')
    expect(await refusalOf(webSocketTo(web, ['sip'], { origin: 'https://evil.test' }))).toBe(403)
    await counted
    await openWebSocket(web, { origin: 'https://chat.example.test' })
    await openWebSocket(web)
  })

  it('refuses more flows than there may be with 503 (P4)', async () => {
    const { web, log } = await listen(adapter, { limits: { flowsMax: 1 } })
    const counted = log.next('info', 'transport.too-many-flows')
    const first = await openWebSocket(web)
    expect(await refusalOf(webSocketTo(web))).toBe(503)
    await counted
    expect(first.readyState).toBe(first.OPEN)
  })
})

describe('the choice of adapter', () => {
  it('is reported by the listener', async () => {
    const { web } = await listen('auto' as 'ws')
    expect(web.adapter).toBe(adapters[0])
    expect(web.adapterReason === null).toBe(web.adapter === 'uws')
  })
})
