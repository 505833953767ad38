/**
 * Promise P4: rubbish costs a bounded number of log lines; and RFC 3261 §21.4: who breaks a stream is told why, where
 * it can be said.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const head =
  'MESSAGE sip:bob@example.test SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.7;branch=z9hG4bKx\r\n' +
  'From: <sip:alice@example.test>;tag=1\r\n' +
  'To: <sip:bob@example.test>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n'

describe('rubbish', () => {
  it('from ever new ports fills no disk with log lines', async () => {
    const world = await ServerWorld.start()
    for (let count = 0; count < 500; count++) {
      new WireClient(world, 'x', { transport: 'udp', address: `203.0.113.${count % 250}` }).sendBytes('rubbish')
    }
    expect(world.log.filter(({ event }) => event.startsWith('parse.')).length).toBeLessThanOrEqual(40)
  })
})

describe('a stream that cannot be cut any further', () => {
  it('is answered with the reason where its head can be read', async () => {
    const world = await ServerWorld.start()
    const client = new WireClient(world, 'alice')
    client.edge.onFlowFault(client.flow, 'framing.body-too-long', Buffer.from(`${head}Content-Length: 0\r\n\r\n`))
    expect(client.final('z9hG4bKx').statusCode).toBe(413)
  })

  it('is not answered where it cannot', async () => {
    const world = await ServerWorld.start()
    const client = new WireClient(world, 'alice')
    client.edge.onFlowFault(client.flow, 'framing.not-sip', Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    client.edge.onFlowFault(client.flow, 'framing.head-too-long', null)
    expect(client.inbox).toEqual([])
  })
})

describe('a REGISTER with a large head', () => {
  it('is read over TLS up to 64 KB (a ticket may be in it), and refused over TCP', async () => {
    const world = await ServerWorld.start()
    const register = (transport: 'tls' | 'tcp') => {
      const client = new WireClient(world, 'alice', { transport })
      const headers = [['X-Ticket', 'a'.repeat(40_000)]] as const
      return client.final(client.send('REGISTER', { uri: 'sip:example.test', to: client.aor, headers })).statusCode
    }
    expect(register('tls')).toBe(401)
    expect(register('tcp')).toBe(513)
  })
})
