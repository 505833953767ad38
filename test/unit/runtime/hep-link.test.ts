/**
 * A collector that is there, slow, or not there: packets reach it whole, and are dropped and counted beyond a bound.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { HepLink, type HepPlace, waitingBytesMax } from '../../../src/runtime/hep-link.ts'
import { MetricsRegistry } from '../../../src/runtime/index.ts'
import { eventually } from '../../support/server-process.ts'

const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

function linkTo(port: number, transport: HepPlace['transport']) {
  const metrics = new MetricsRegistry()
  const link = new HepLink({ host: '127.0.0.1', port, transport }, metrics)
  closers.push(() => link.close())
  const count = (outcome: string) =>
    metrics.snapshot().find(({ name, labels }) => name === 'meridian_hep_packets_total' && labels.outcome === outcome)!
      .value
  return { link, count }
}

async function tcpCollector(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

it('by UDP, one datagram a packet', async () => {
  const collector = createSocket('udp4')
  closers.push(() => collector.close())
  collector.bind(0, '127.0.0.1')
  await once(collector, 'listening')
  const { link, count } = linkTo(collector.address().port, 'udp')
  const came = once(collector, 'message')
  link.send(Buffer.from('HEP3 one'))
  expect((await came)[0].toString()).toBe('HEP3 one')
  await eventually('it is counted', () => count('sent') === 1)
})

it('by TCP, and a collector that never reads costs a bounded amount of memory', async () => {
  const port = await tcpCollector((socket) => socket.pause())
  const { link, count } = linkTo(port, 'tcp')
  const packet = Buffer.alloc(64 * 1024)
  // Dropped while it is not connected yet; taken afterwards until nobody has room for more.
  await eventually('it is full', () => {
    for (let times = 0; times < 64; times++) link.send(packet)
    return count('sent') > 16 && count('dropped') > 200
  })
  const sent = count('sent')
  link.send(packet)
  expect(count('sent')).toBe(sent)
  expect(waitingBytesMax).toBeLessThanOrEqual(1024 * 1024)
})

it('nobody there: all is dropped, and nothing else happens', async () => {
  const { link, count } = linkTo(1, 'tcp')
  for (let times = 0; times < 10; times++) link.send(Buffer.from('x'))
  expect([count('sent'), count('dropped')]).toEqual([0, 10])
})
