/** What a listener reports: plain counts carried to metrics once a sweep, one log line per reason and sweep. */
import { describe, expect, it } from 'vitest'
import type { Metrics } from '../../../src/ports/metrics.ts'
import { openTcp } from '../../../src/transport/tcp.ts'
import { connectPeer, endWithTest } from './peers.ts'
import { messageWith, RecordingLog, RecordingSink } from './recording-sink.ts'

class RecordingMetrics implements Metrics {
  readonly values = new Map<string, number>()

  counter(name: string, _help: string, labels: Readonly<Record<string, string>> = {}) {
    const key = [name, ...Object.values(labels)].join(' ')
    return { inc: (by = 1) => void this.values.set(key, (this.values.get(key) ?? 0) + by) }
  }

  gauge(name: string, _help: string, labels: Readonly<Record<string, string>> = {}) {
    return { set: (value: number) => void this.values.set([name, ...Object.values(labels)].join(' '), value) }
  }

  histogram() {
    return { observe: () => {} }
  }
}

describe('the report of a listener', () => {
  it('adds up to what happened', async () => {
    const metrics = new RecordingMetrics()
    const log = new RecordingLog()
    const sink = new RecordingSink()
    const options = { host: '127.0.0.1', port: 0, metrics, log, limits: { sweepMs: 2, flowsMax: 1 } }
    const tcp = await openTcp(options, sink)
    endWithTest(() => tcp.close())
    const peer = await connectPeer(tcp)
    const refused = log.next('info', 'transport.too-many-flows')
    await (await connectPeer(tcp)).gone
    await refused
    sink.onMessage = (flow) => flow.send(Buffer.from('answer'))
    peer.socket.write(messageWith('one'))
    await peer.received('answer')
    peer.socket.end()
    await sink.next('closed')
    await tcp.close()
    expect(Object.fromEntries(metrics.values)).toEqual({
      'meridian_transport_flows tcp': 0,
      'meridian_transport_flows_opened_total tcp': 1,
      'meridian_transport_flows_refused_total tcp': 1,
      'meridian_transport_events_total tcp transport.too-many-flows': 1,
      'meridian_transport_messages_received_total tcp': 1,
      'meridian_transport_received_bytes_total tcp': messageWith('one').length,
      'meridian_transport_sent_bytes_total tcp': 6,
      'meridian_transport_writes_total tcp': 1,
    })
  })
})
