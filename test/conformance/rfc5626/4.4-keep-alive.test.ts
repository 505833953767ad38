/** RFC 5626 §4.4: both keep-alives that a server answers, on the wire. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { decodeBindingSuccess, encodeBindingRequest } from '../../../src/transport/stun.ts'
import { openTcp } from '../../../src/transport/tcp.ts'
import { openUdp } from '../../../src/transport/udp.ts'
import { loopbacks } from '../../unit/transport/loopbacks.ts'
import { connectPeer, endWithTest } from '../../unit/transport/peers.ts'
import { messageWith, RecordingSink } from '../../unit/transport/recording-sink.ts'

describe.each(loopbacks)('RFC 5626 §4.4.1 CRLF keep-alive on %s', (host) => {
  async function connect() {
    const sink = new RecordingSink()
    const tcp = await openTcp({ host, port: 0 }, sink)
    endWithTest(() => tcp.close())
    return { tcp, sink, peer: await connectPeer(tcp) }
  }

  it('answers a double CRLF with a single one, and tells nobody above', async () => {
    const { tcp, sink, peer } = await connect()
    peer.socket.write('\r\n\r\n')
    expect(await peer.received('\r\n')).toBe('\r\n')
    expect(tcp.counts.keepAlives).toBe(1)
    expect(sink.of('message')).toEqual([])
  })

  it('answers one that came in pieces, and one between messages', async () => {
    const { sink, peer } = await connect()
    sink.onMessage = (flow, bytes) => flow.send(Buffer.from(bytes.toString().endsWith('a') ? 'A' : 'B'))
    peer.socket.write('\r\n\r')
    peer.socket.write('\n')
    await peer.received('\r\n')
    peer.socket.write(`${messageWith('a')}\r\n\r\n${messageWith('b')}`)
    expect(await peer.received('B')).toBe('\r\nA\r\nB')
  })

  it('does not answer a single CRLF, which is the answer itself', async () => {
    const { sink, peer } = await connect()
    sink.onMessage = (flow) => flow.send(Buffer.from('after'))
    peer.socket.write(`\r\n${messageWith('next')}`)
    expect(await peer.received('after')).toBe('after')
  })
})

describe.each(loopbacks)('RFC 5626 §4.4.2 STUN keep-alive on %s', (host) => {
  async function ask() {
    const sink = new RecordingSink()
    const udp = await openUdp({ host, port: 0 }, sink)
    endWithTest(() => udp.close())
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    endWithTest(() => socket.close())
    return { udp, sink, socket }
  }

  it('tells the peer the address and port that it is seen with', async () => {
    const { udp, sink, socket } = await ask()
    const transactionId = Buffer.from('twelve bytes')
    socket.send(encodeBindingRequest(transactionId), udp.port, udp.address)
    const [answer] = await once(socket, 'message')
    expect(decodeBindingSuccess(answer, transactionId)).toEqual({ address: host, port: socket.address().port })
    expect(sink.events).toEqual([])
    expect(udp.counts).toMatchObject({ keepAlives: 1, openFlows: 0 })
  })

  it('keeps the flow of a peer that only pings', async () => {
    const sink = new RecordingSink()
    const udp = await openUdp({ host, port: 0, limits: { idleDeadlineMs: 40, sweepMs: 2 } }, sink)
    endWithTest(() => udp.close())
    const [lively, quiet] = [
      createSocket(host.includes(':') ? 'udp6' : 'udp4'),
      createSocket(host.includes(':') ? 'udp6' : 'udp4'),
    ]
    for (const socket of [lively, quiet]) {
      endWithTest(() => socket.close())
      socket.send(messageWith('hello'), udp.port, udp.address)
      await sink.next('message')
    }
    const ping = setInterval(() => lively.send(encodeBindingRequest(Buffer.alloc(12)), udp.port, udp.address), 2)
    endWithTest(() => clearInterval(ping))
    const closed = await sink.next('closed')
    clearInterval(ping)
    expect(closed).toMatchObject({ text: 'transport.idle', flow: { remotePort: quiet.address().port } })
    expect(udp.counts.openFlows).toBe(1)
  })
})
