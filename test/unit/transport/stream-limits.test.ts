/**
 * P4 on streams: silent, slow, half-open and never-reading peers, floods and short memory, each cut with its own event.
 */
import { describe, expect, it } from 'vitest'
import { streamLimits, type TransportLimits } from '../../../src/transport/limits.ts'
import type { ListenOptions } from '../../../src/transport/listener.ts'
import { MemoryBudget } from '../../../src/transport/memory-budget.ts'
import { openTcp } from '../../../src/transport/tcp.ts'
import { connectPeer, endWithTest } from './peers.ts'
import { messageWith, RecordingLog, RecordingSink } from './recording-sink.ts'

/** Deadlines of an hour, but for the one under test: nothing else may cut. */
const patient: TransportLimits = {
  ...streamLimits,
  firstMessageDeadlineMs: 3_600_000,
  messageDeadlineMs: 3_600_000,
  writeDeadlineMs: 3_600_000,
  sweepMs: 2,
}

async function listen(limits: Partial<TransportLimits>, options: Partial<ListenOptions> = {}) {
  const sink = new RecordingSink()
  const log = new RecordingLog()
  const tcp = await openTcp({ host: '127.0.0.1', port: 0, log, ...options, limits: { ...patient, ...limits } }, sink)
  endWithTest(() => tcp.close())
  return { tcp, sink, log }
}

describe('deadlines', () => {
  it('cuts a connection that says nothing', async () => {
    const { tcp, sink, log } = await listen({ firstMessageDeadlineMs: 10 })
    const counted = log.next('info', 'transport.no-first-message')
    const peer = await connectPeer(tcp)
    await peer.gone
    expect((await sink.next('closed')).text).toBe('transport.no-first-message')
    expect(await counted).toMatchObject({ transport: 'tcp', count: 1, remoteAddress: '127.0.0.1' })
  })

  it('cuts a connection that sends nothing but keep-alives', async () => {
    const { tcp, sink } = await listen({ firstMessageDeadlineMs: 10 })
    const { socket } = await connectPeer(tcp)
    socket.write('\r\n\r\n')
    expect((await sink.next('closed')).text).toBe('transport.no-first-message')
  })

  it('cuts a sender that began a message and does not end it', async () => {
    const { tcp, sink } = await listen({ messageDeadlineMs: 10 })
    const { socket } = await connectPeer(tcp)
    socket.write(messageWith('whole') + messageWith('half').slice(0, 60))
    expect((await sink.next('closed')).text).toBe('transport.slow-sender')
    expect(sink.texts('message')).toEqual([messageWith('whole')])
  })

  it('cuts a sender that drips: each byte is no new chance', async () => {
    const { tcp, sink } = await listen({ messageDeadlineMs: 20 })
    const { socket } = await connectPeer(tcp)
    const bytes = messageWith('dripping')
    let at = 0
    const drip = setInterval(() => socket.write(bytes.charAt(at++) || ' '), 1)
    endWithTest(() => clearInterval(drip))
    expect((await sink.next('closed')).text).toBe('transport.slow-sender')
    clearInterval(drip)
    expect(sink.of('message')).toHaveLength(0)
  })

  it('does not take half a ping for a message that began', async () => {
    const { tcp, sink } = await listen({ messageDeadlineMs: 5, idleDeadlineMs: 50 })
    const { socket } = await connectPeer(tcp)
    socket.write(`${messageWith('whole')}\r\n`)
    expect((await sink.next('closed')).text).toBe('transport.idle')
  })

  it('cuts a flow that is idle without keep-alive, and not one that pings (RFC 5626 §4.4.1)', async () => {
    const { tcp, sink } = await listen({ idleDeadlineMs: 40 })
    const quiet = await connectPeer(tcp)
    const lively = await connectPeer(tcp)
    const quietPort = quiet.socket.localPort
    quiet.socket.write(messageWith('quiet'))
    lively.socket.write(messageWith('lively'))
    const ping = setInterval(() => lively.socket.write('\r\n\r\n'), 2)
    endWithTest(() => clearInterval(ping))
    const closed = await sink.next('closed')
    expect(closed).toMatchObject({ text: 'transport.idle', flow: { remotePort: quietPort } })
    expect(tcp.counts.openFlows).toBe(1)
  })
})

describe('peers that do not read', () => {
  it('cuts a flow when more waits for it than it may', async () => {
    const { tcp, sink } = await listen({ bufferedBytesMax: 64 * 1024 })
    const peer = await connectPeer(tcp)
    peer.socket.pause()
    const { flow } = await sink.next('opened')
    const block = Buffer.alloc(128 * 1024)
    const fill = setInterval(() => flow.send(block), 1)
    endWithTest(() => clearInterval(fill))
    expect((await sink.next('closed')).text).toBe('transport.never-reading')
    clearInterval(fill)
    expect(tcp.counts.cutFlows).toBe(1)
  })

  it('cuts a flow that takes no byte until the deadline, though little waits', async () => {
    const { tcp, sink } = await listen({ writeDeadlineMs: 20, bufferedBytesMax: Number.POSITIVE_INFINITY })
    const peer = await connectPeer(tcp)
    peer.socket.pause()
    const { flow } = await sink.next('opened')
    for (let index = 0; index < 100; index++) flow.send(Buffer.alloc(256 * 1024))
    expect(flow.bufferedBytes).toBeGreaterThan(0)
    expect((await sink.next('closed')).text).toBe('transport.write-stalled')
  })

  it('does not wait for such a peer when the listener closes', async () => {
    const { tcp, sink } = await listen({ lingerMs: 5, bufferedBytesMax: Number.POSITIVE_INFINITY })
    const peer = await connectPeer(tcp)
    peer.socket.pause()
    const { flow } = await sink.next('opened')
    for (let index = 0; index < 100; index++) flow.send(Buffer.alloc(256 * 1024))
    await tcp.close()
    expect(sink.texts('closed')).toEqual(['transport.listener-closed'])
  })
})

describe('floods', () => {
  it('refuses more flows than the listener may have, and admits again when one is gone', async () => {
    const { tcp, sink, log } = await listen({ flowsMax: 2 })
    const refused = log.next('info', 'transport.too-many-flows')
    const first = await connectPeer(tcp)
    await connectPeer(tcp)
    const third = await connectPeer(tcp)
    await third.gone
    expect(await refused).toMatchObject({ count: 1 })
    first.socket.end()
    await sink.next('closed')
    await connectPeer(tcp)
    for (let index = 0; index < 3; index++) await sink.next('opened')
    expect(tcp.counts).toMatchObject({ openFlows: 2, openedFlows: 3, refusedFlows: 1 })
  })

  it('refuses more flows of one source than it may have', async () => {
    const { tcp, log } = await listen({ flowsPerSourceMax: 1 })
    const refused = log.next('info', 'transport.too-many-flows-of-source')
    await connectPeer(tcp)
    await (await connectPeer(tcp)).gone
    expect(await refused).toMatchObject({ count: 1, remoteAddress: '127.0.0.1' })
  })

  it('refuses the rest of a burst until the next sweep, and writes one line for it', async () => {
    const { tcp, sink, log } = await listen({ acceptsPerSweepMax: 3, sweepMs: 60 })
    const refused = log.next('info', 'transport.accept-burst')
    const peers = await Promise.all(Array.from({ length: 8 }, () => connectPeer(tcp)))
    await Promise.all(peers.slice(3).map((peer) => peer.gone))
    expect(await refused).toMatchObject({ count: 5 })
    await connectPeer(tcp)
    for (let index = 0; index < 4; index++) await sink.next('opened')
  })

  it('refuses new flows from 70 % of the memory on', async () => {
    const budget = new MemoryBudget(10_000)
    const { tcp, log } = await listen({}, { budget })
    const refused = log.next('info', 'transport.memory-shedding')
    const first = await connectPeer(tcp)
    const second = await connectPeer(tcp)
    await (await connectPeer(tcp)).gone
    await refused
    expect([first.socket.destroyed, second.socket.destroyed]).toEqual([false, false])
  })

  it('cuts the flow that holds most when memory runs out, and no other', async () => {
    const budget = new MemoryBudget(100_000)
    const { tcp, sink } = await listen({}, { budget })
    const modest = await connectPeer(tcp)
    const greedy = await connectPeer(tcp)
    const greedyPort = greedy.socket.localPort
    for (let index = 0; index < 2; index++) await sink.next('opened')
    modest.socket.write(messageWith('x').slice(0, 100))
    greedy.socket.write(`${messageWith('').replace('Content-Length: 0', 'Content-Length: 60000')}${' '.repeat(59_999)}`)
    const other = await connectPeer(tcp)
    other.socket.write(`${messageWith('').replace('Content-Length: 0', 'Content-Length: 60000')}${' '.repeat(50_000)}`)
    const closed = await sink.next('closed')
    expect(closed).toMatchObject({ text: 'transport.memory-cut', flow: { remotePort: greedyPort } })
    expect(modest.socket.destroyed).toBe(false)
    expect(other.socket.destroyed).toBe(false)
    expect(budget.isShedding).toBe(false)
  })
})
