/**
 * RFC 3261 §18: framing over streams and datagrams, the way that responses take, failures, at the listeners themselves.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openTcp } from '../../../src/transport/tcp.ts'
import { openUdp } from '../../../src/transport/udp.ts'
import { connectPeer, endWithTest } from '../../unit/transport/peers.ts'
import { messageWith, RecordingSink } from '../../unit/transport/recording-sink.ts'

async function listenTcp() {
  const sink = new RecordingSink()
  const tcp = await openTcp({ host: '127.0.0.1', port: 0 }, sink)
  endWithTest(() => tcp.close())
  return { tcp, sink, peer: await connectPeer(tcp) }
}

async function listenUdp() {
  const sink = new RecordingSink()
  const udp = await openUdp({ host: '127.0.0.1', port: 0 }, sink)
  endWithTest(() => udp.close())
  const socket = createSocket('udp4')
  endWithTest(() => socket.close())
  return { udp, sink, socket }
}

describe('RFC 3261 §18.1.1', () => {
  it('takes datagrams up to the largest that UDP carries', async () => {
    const { udp, sink, socket } = await listenUdp()
    const largest = messageWith('x'.repeat(65_507 - messageWith('x'.repeat(60_000)).length + 60_000))
    socket.send(largest, udp.port, udp.address)
    expect((await sink.next('message')).text).toBe(largest)
    expect(largest).toHaveLength(65_507)
  })

  it('serves UDP and TCP on one address and port', async () => {
    const { tcp, sink, peer } = await listenTcp()
    const udpSink = new RecordingSink()
    const udp = await openUdp({ host: tcp.address, port: tcp.port }, udpSink)
    endWithTest(() => udp.close())
    const socket = createSocket('udp4')
    endWithTest(() => socket.close())
    socket.send(messageWith('by UDP'), udp.port, udp.address)
    peer.socket.write(messageWith('by TCP'))
    expect((await udpSink.next('message')).text).toBe(messageWith('by UDP'))
    expect((await sink.next('message')).text).toBe(messageWith('by TCP'))
  })
})

describe('RFC 3261 §18.2.2', () => {
  it('sends responses over the connection that the request came on', async () => {
    const { tcp, sink, peer } = await listenTcp()
    const other = await connectPeer(tcp)
    sink.onMessage = (flow, bytes) => flow.send(Buffer.from(`to ${bytes.toString().split('\r\n\r\n')[1]}`))
    other.socket.write(messageWith('other'))
    peer.socket.write(messageWith('peer'))
    expect(await peer.received('to ')).toBe('to peer')
    expect(await other.received('to ')).toBe('to other')
  })

  it('sends responses over UDP from the port that the request was sent to, to the port that it came from', async () => {
    const { udp, sink, socket } = await listenUdp()
    sink.onMessage = (flow) => flow.send(Buffer.from('response'))
    socket.send(messageWith('request'), udp.port, udp.address)
    const [bytes, remote] = await once(socket, 'message')
    expect([bytes.toString(), remote.port]).toEqual(['response', udp.port])
  })
})

describe('RFC 3261 §18.3', () => {
  it('separates the messages of a stream by Content-Length, without a pause between them', async () => {
    const { sink, peer } = await listenTcp()
    const bodies = Array.from({ length: 50 }, (_, index) => `body ${index}`)
    peer.socket.write(bodies.map(messageWith).join(''))
    for (const _ of bodies) await sink.next('message')
    expect(sink.texts('message')).toEqual(bodies.map(messageWith))
  })

  it('ignores line ends before a start line (§7.5)', async () => {
    const { sink, peer } = await listenTcp()
    peer.socket.write(`\r\n${messageWith('after one')}\r\n`)
    peer.socket.write(messageWith('after another'))
    await sink.next('message')
    await sink.next('message')
    expect(sink.texts('message')).toEqual([messageWith('after one'), messageWith('after another')])
  })

  it('ends a stream whose message has no Content-Length, and gives the fault to be answered with 400', async () => {
    const { sink, peer } = await listenTcp()
    sink.onFault = (flow) => flow.send(Buffer.from('SIP/2.0 400 Bad Request\r\n\r\n'))
    peer.socket.write(messageWith('lost').replace(/Content-Length.*\r\n/, ''))
    expect(await peer.received('\r\n\r\n')).toBe('SIP/2.0 400 Bad Request\r\n\r\n')
    await peer.gone
    expect((await sink.next('closed')).text).toBe('framing.no-content-length')
  })

  it('gives a datagram on as it came: what follows the body is cut off by who parses', async () => {
    const { udp, sink, socket } = await listenUdp()
    const padded = `${messageWith('body')}trailing`
    socket.send(padded, udp.port, udp.address)
    expect((await sink.next('message')).text).toBe(padded)
  })
})

describe('RFC 3261 §18.4', () => {
  it('tells the user of the transport that a connection has failed', async () => {
    const { sink, peer } = await listenTcp()
    const { flow } = await sink.next('opened')
    peer.socket.resetAndDestroy()
    const closed = await sink.next('closed')
    expect([closed.flow, closed.text]).toEqual([flow, 'transport.peer-reset'])
  })
})
