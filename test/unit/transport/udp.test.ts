/** UDP flows on real sockets: one per peer, bounded, expiring, handed over between workers (RFC 3261 §18). */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { MemoryBudget } from '../../../src/transport/memory-budget.ts'
import { openUdp, type UdpOptions, type UdpTransport } from '../../../src/transport/udp.ts'
import { loopbacks } from './loopbacks.ts'
import { messageWith, RecordingLog, RecordingSink } from './recording-sink.ts'

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end()
})

async function listen(options: Partial<UdpOptions> = {}, sink = new RecordingSink()) {
  const udp = await openUdp({ host: '127.0.0.1', port: 0, ...options }, sink)
  ended.push(() => udp.close())
  return { udp, sink }
}

function peer(host = '127.0.0.1'): Socket {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  ended.push(() => socket.close())
  return socket
}

async function received(socket: Socket): Promise<string> {
  const [bytes] = await once(socket, 'message')
  return bytes.toString()
}

const send = (socket: Socket, udp: UdpTransport, text: string) => socket.send(text, udp.port, udp.address)

describe.each(loopbacks)('UDP on %s', (host) => {
  it('makes one flow per remote address and port and gives it the datagrams as they came', async () => {
    const { udp, sink } = await listen({ host })
    const alice = peer(host)
    const bob = peer(host)
    send(alice, udp, messageWith('one'))
    await sink.next('message')
    send(alice, udp, messageWith('two'))
    await sink.next('message')
    send(bob, udp, messageWith('three'))
    await sink.next('message')
    const [first, second, third] = sink.of('message')
    expect(sink.texts('message')).toEqual(['one', 'two', 'three'].map(messageWith))
    expect(second?.flow).toBe(first?.flow)
    expect(third?.flow).not.toBe(first?.flow)
    expect(first?.flow).toMatchObject({ transport: 'udp', remoteAddress: host, remotePort: alice.address().port })
    expect(udp.counts).toMatchObject({ openFlows: 2, receivedMessages: 3 })
  })

  it('answers from the listening socket (RFC 3581 §4)', async () => {
    const { udp, sink } = await listen({ host })
    sink.onMessage = (flow) => flow.send(Buffer.from('SIP/2.0 200 OK\r\n\r\n'))
    const alice = peer(host)
    send(alice, udp, messageWith('hello'))
    const [bytes, remote] = await once(alice, 'message')
    expect(bytes.toString()).toBe('SIP/2.0 200 OK\r\n\r\n')
    expect(remote).toMatchObject({ address: host, port: udp.port })
  })
})

describe('UDP flows', () => {
  it('hands a foreign peer over raw, and takes what another worker hands over', async () => {
    const owner = await listen()
    owner.sink.onMessage = (flow) => flow.send(Buffer.from('from the owner'))
    const { udp, sink } = await listen({
      foreign: () => true,
      handOver: (address, port, bytes) => owner.udp.inject(address, port, bytes),
    })
    const alice = peer()
    send(alice, udp, messageWith('stray'))
    const [answer, remote] = await once(alice, 'message')
    expect([answer.toString(), remote.port]).toEqual(['from the owner', owner.udp.port])
    expect(owner.sink.texts('message')).toEqual([messageWith('stray')])
    expect(sink.events).toEqual([])
  })

  it('expires an idle flow and tells so', async () => {
    const { udp, sink } = await listen({ limits: { idleDeadlineMs: 10, sweepMs: 2 } })
    const alice = peer()
    send(alice, udp, messageWith('once'))
    expect((await sink.next('closed')).text).toBe('transport.idle')
    expect(udp.counts.openFlows).toBe(0)
  })

  it('forgets the stranger longest unheard, and no peer that holds a conversation (P4)', async () => {
    // Four peers at most, of which one may be a stranger.
    const log = new RecordingLog()
    const { udp, sink } = await listen({ limits: { flowsMax: 4 }, log })
    sink.onMessage = (flow) => flow.send(Buffer.from('answer'))
    const friend = peer()
    for (const text of ['one', 'two']) {
      send(friend, udp, messageWith(text))
      await received(friend)
    }
    for (let index = 0; index < 10; index++) udp.inject('192.0.2.1', 1024 + index, Buffer.from(messageWith('flood')))
    for (let index = 0; index < 9; index++) expect((await sink.next('closed')).text).toBe('transport.peer-evicted')
    expect(sink.of('closed').map(({ flow }) => flow.remoteAddress)).not.toContain('127.0.0.1')
    expect(udp.counts.openFlows).toBe(2)
  })

  it('refuses strangers while memory is short, and serves the peers it has', async () => {
    const budget = new MemoryBudget(1000)
    const { udp, sink } = await listen({ budget })
    const alice = peer()
    send(alice, udp, messageWith('first'))
    await sink.next('message')
    budget.open({ chargedBytes: 0, cut: () => {} }, 200)
    udp.inject('192.0.2.1', 5060, Buffer.from(messageWith('refused')))
    send(alice, udp, messageWith('second'))
    await sink.next('message')
    expect(sink.texts('message')).toEqual(['first', 'second'].map(messageWith))
    expect(udp.counts.refusedFlows).toBe(1)
  })

  it('takes blank datagrams as keep-alives: no flow, no answer', async () => {
    const { udp, sink } = await listen()
    const alice = peer()
    for (const blank of ['\r\n\r\n', '\0\0\0\0', '']) send(alice, udp, blank)
    send(alice, udp, messageWith('now'))
    await sink.next('message')
    expect(sink.texts('message')).toEqual([messageWith('now')])
    expect(udp.counts).toMatchObject({ keepAlives: 3, openFlows: 1, writes: 0 })
  })

  it('drops what is sent on a closed flow, and makes a new one for the next datagram', async () => {
    const { udp, sink } = await listen()
    const alice = peer()
    send(alice, udp, messageWith('one'))
    const { flow } = await sink.next('message')
    flow.close('test.done')
    flow.send(Buffer.from('late'))
    expect((await sink.next('closed')).text).toBe('test.done')
    send(alice, udp, messageWith('two'))
    expect((await sink.next('message')).flow).not.toBe(flow)
    expect(udp.counts.writes).toBe(0)
  })

  it('closes with its flows, and its port is free again', async () => {
    const first = await listen()
    send(peer(), first.udp, messageWith('one'))
    await first.sink.next('message')
    await first.udp.close()
    expect(first.sink.texts('closed')).toEqual(['transport.listener-closed'])
    const again = await listen({ port: first.udp.port })
    expect(again.udp.port).toBe(first.udp.port)
  })
})
