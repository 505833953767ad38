/**
 * Who offers to be a link is read from the ClientHello (RFC 8446 §4.1.2, RFC 7301), however it comes and whatever it
 * is.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { linkProtocol, offersLink, peekClientHello } from '../../../src/transport/client-hello.ts'
import { endWithTest } from './peers.ts'

/** The first bytes of a handshake. */
async function clientHello(protocols: readonly string[]): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const accepted = once(server, 'connection')
  const client = connectTls({ host: '127.0.0.1', port, servername: 'a.test', ALPNProtocols: [...protocols] })
  client.on('error', () => {})
  const [socket] = await accepted
  const [bytes] = await once(socket, 'data')
  for (const each of [client, socket]) each.destroy()
  server.close()
  return bytes
}

const links = await clientHello(['sip', linkProtocol])
const clients = await clientHello(['sip'])
const plain = await clientHello([])

it('is seen among other protocols, and nowhere else', () => {
  expect([links, clients, plain].map(offersLink)).toEqual([true, false, false])
})

it('is no reason to throw, whatever the bytes', () => {
  const change = fc.record({ at: fc.nat(links.length - 1), to: fc.integer({ min: 0, max: 255 }) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.nat(links.length), (changes, length) => {
      const bytes = Buffer.from(links.subarray(0, length))
      for (const { at, to } of changes) if (at < length) bytes[at] = to
      expect(typeof offersLink(bytes)).toBe('boolean')
    }),
    { numRuns: 2_000 },
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void offersLink(Buffer.from(bytes))))
})

async function seenBy(write: (send: (bytes: Buffer) => Promise<void>) => Promise<void>) {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  endWithTest(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const accepted = once(server, 'connection')
  const client = connect({ host: '127.0.0.1', port, noDelay: true })
  endWithTest(() => client.destroy())
  const [socket] = await accepted
  const seen = new Promise<boolean | 'gone'>((resolve) => {
    peekClientHello(socket, resolve)
    socket.once('close', () => resolve('gone'))
  })
  await write((bytes) => new Promise((resolve) => client.write(bytes, () => setImmediate(resolve))))
  return { seen, socket, client }
}

it('is read from a hello that comes in pieces, and the handshake gets all of it', async () => {
  const { seen, socket } = await seenBy(async (send) => {
    for (const piece of [links.subarray(0, 3), links.subarray(3, 40), links.subarray(40)]) await send(piece)
  })
  expect(await seen).toBe(true)
  expect(socket.read()).toEqual(links)
})

it('ends with who goes in the middle of it', async () => {
  const { seen, client } = await seenBy((send) => send(links.subarray(0, 20)))
  client.end()
  expect(await seen).toBe('gone')
})
