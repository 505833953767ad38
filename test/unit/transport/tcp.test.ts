/**
 * TCP flows on real sockets (RFC 3261 §18.3): framing, joined writes, ends; what misbehaving peers cost is `limits`.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ListenOptions } from '../../../src/transport/listener.ts'
import { openTcp } from '../../../src/transport/tcp.ts'
import { loopbacks } from './loopbacks.ts'
import { connectPeer, endWithTest } from './peers.ts'
import { messageWith, RecordingSink } from './recording-sink.ts'

async function listen(options: Partial<ListenOptions> = {}) {
  const sink = new RecordingSink()
  const tcp = await openTcp({ host: '127.0.0.1', port: 0, ...options }, sink)
  endWithTest(() => tcp.close())
  return { tcp, sink }
}

describe.each(loopbacks)('TCP on %s', (host) => {
  it('gives the sink whole messages, however they were cut on the way', async () => {
    const { tcp, sink } = await listen({ host })
    const { socket } = await connectPeer(tcp)
    const [first, second] = [messageWith('one'), messageWith('two')]
    socket.write(first + second.slice(0, 50))
    await sink.next('message')
    socket.write(second.slice(50))
    await sink.next('message')
    expect(sink.texts('message')).toEqual([first, second])
    expect(sink.events[0]).toMatchObject({ kind: 'opened', flow: { transport: 'tcp', remoteAddress: host } })
    expect(sink.events[0]?.flow).toMatchObject({
      remotePort: socket.localPort,
      localAddress: host,
      localPort: tcp.port,
    })
  })

  it('joins the writes of one turn into one', async () => {
    const { tcp, sink } = await listen({ host })
    sink.onMessage = (flow) => flow.send(Buffer.from('answer '))
    const peer = await connectPeer(tcp)
    peer.socket.write(messageWith('one') + messageWith('two') + messageWith('three'))
    await peer.received('answer answer answer ')
    expect(tcp.counts).toMatchObject({ writes: 1, sentBytes: 21 })
  })
})

describe('TCP flows', () => {
  it('are let in many at a time where a turn of the loop is long', async () => {
    const { tcp, sink } = await listen({ reusePort: true })
    const count = 64
    for (let peer = 0; peer < count; peer++) {
      const socket = connect(tcp.port, '127.0.0.1')
      endWithTest(() => socket.destroy())
    }
    await sink.next('opened')
    // Each of these turns may be 60 ms of work, so none of the last may have to wait for 64 of them.
    let turns = 0
    for (; tcp.counts.openFlows < count; turns++) await setImmediate()
    expect(turns).toBeLessThan(count / 2)
  })

  it('joins what came over different sockets of one turn', async () => {
    const { tcp, sink } = await listen()
    const peer = await connectPeer(tcp)
    const { flow } = await sink.next('opened')
    process.nextTick(() => flow.send(Buffer.from('from a ')))
    queueMicrotask(() => flow.send(Buffer.from('from b ')))
    flow.send(Buffer.from('from c '))
    await peer.received('from a ')
    expect(tcp.counts.writes).toBe(1)
  })

  it('ends with the peer, and says so', async () => {
    const { tcp, sink } = await listen()
    const peer = await connectPeer(tcp)
    await sink.next('opened')
    peer.socket.end()
    expect((await sink.next('closed')).text).toBe('transport.peer-closed')
    expect(tcp.counts.openFlows).toBe(0)
  })

  it('answers a peer that closes its side right after the request', async () => {
    const { tcp, sink } = await listen()
    sink.onMessage = (flow) => flow.send(Buffer.from('answer'))
    const peer = await connectPeer(tcp)
    peer.socket.end(messageWith('last words'))
    expect(await peer.received('answer')).toBe('answer')
    expect((await sink.next('closed')).text).toBe('transport.peer-closed')
  })

  it('tells a reset from a close', async () => {
    const { tcp, sink } = await listen()
    const peer = await connectPeer(tcp)
    await sink.next('opened')
    peer.socket.resetAndDestroy()
    expect((await sink.next('closed')).text).toBe('transport.peer-reset')
  })

  it('delivers what was sent before it closes a flow, and drops what is sent after', async () => {
    const { tcp, sink } = await listen()
    const peer = await connectPeer(tcp)
    const { flow } = await sink.next('opened')
    flow.send(Buffer.from('last words'))
    flow.close('test.done')
    await peer.gone
    flow.send(Buffer.from('too late'))
    expect(await peer.received('words')).toBe('last words')
    expect((await sink.next('closed')).text).toBe('test.done')
  })

  it('lets an answer out after a fault of framing, and takes no further message', async () => {
    const { tcp, sink } = await listen()
    sink.onFault = (flow) => flow.send(Buffer.from('SIP/2.0 400 Bad Content-Length\r\n\r\n'))
    const peer = await connectPeer(tcp)
    peer.socket.write(
      messageWith('x').replace('Content-Length: 1', 'Content-Length: -1') + messageWith('y').repeat(100),
    )
    await peer.received('SIP/2.0 400')
    expect(sink.of('fault')).toHaveLength(1)
    expect(sink.of('message')).toHaveLength(0)
    const closed = await sink.next('closed')
    expect(closed.text).toBe(sink.of('fault')[0]?.text)
    expect(tcp.counts.cutFlows).toBe(1)
  })

  it('closes with its flows and lets go of its port', async () => {
    const { tcp, sink } = await listen()
    const peer = await connectPeer(tcp)
    await sink.next('opened')
    await tcp.close()
    await peer.gone
    expect(sink.texts('closed')).toEqual(['transport.listener-closed'])
    const again = await listen({ port: tcp.port })
    expect(again.tcp.port).toBe(tcp.port)
  })

  it('says who cannot have the port', async () => {
    const { tcp } = await listen()
    await expect(listen({ port: tcp.port })).rejects.toThrow('EADDRINUSE')
  })

  it.runIf(process.platform === 'linux')('shares a port between listeners, as one per worker does', async () => {
    const first = await listen({ reusePort: true })
    const second = await listen({ reusePort: true, port: first.tcp.port })
    expect(second.tcp.port).toBe(first.tcp.port)
    const peer = await connectPeer(first.tcp)
    await Promise.race([first.sink.next('opened'), second.sink.next('opened')])
    peer.socket.end()
    await once(peer.socket, 'close')
  })
})
