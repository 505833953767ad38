/**
 * P4: a peer that sends nothing but keep-alives, as fast as it can, gets one pong for many and is then cut.
 */
import { describe, expect, it } from 'vitest'
import { pingsPerSweepMax } from '../../../src/transport/limits.ts'
import { openTcp } from '../../../src/transport/tcp.ts'
import { connectPeer, endWithTest } from './peers.ts'
import { RecordingSink } from './recording-sink.ts'

const ping = '\r\n\r\n'

async function listen() {
  const sink = new RecordingSink()
  // No sweep within the test: the count of a second is not forgotten.
  const tcp = await openTcp({ host: '127.0.0.1', port: 0, limits: { sweepMs: 3_600_000 } }, sink)
  endWithTest(() => tcp.close())
  return { sink, ...(await connectPeer(tcp)) }
}

describe('keep-alives without end', () => {
  it('are cut when they are far more than a client needs', async () => {
    const { sink, socket } = await listen()
    socket.on('error', () => {})
    socket.write(ping.repeat(pingsPerSweepMax + 1))
    expect((await sink.next('closed')).text).toBe('transport.ping-flood')
  })

  it('get one pong for all that came together, while they are not too many', async () => {
    const { socket } = await listen()
    socket.write(ping.repeat(pingsPerSweepMax))
    const [pongs] = await new Promise<Buffer[]>((resolve) => socket.once('data', (bytes) => resolve([bytes])))
    expect(pongs?.toString()).toBe('\r\n')
  })
})
