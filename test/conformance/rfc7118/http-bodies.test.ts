/**
 * Bodies of HTTP requests on the web listener (RFC 9110 §8.6, RFC 9112 §6.3): what is announced falsely, as huge, or
 * does not come in time is refused, and its connection ends (promise P4).
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { httpBodyBytesMax } from '../../../src/transport/limits.ts'
import type { WebAdapter } from '../../../src/transport/web/adapter.ts'
import { endWithTest } from '../../unit/transport/peers.ts'
import { adapters, listen } from './web-sockets.ts'

/** All that comes until the listener ends the connection, also when it does so while more is being sent. */
async function answerTo(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks).toString()
}

async function open(adapter: WebAdapter, messageDeadlineMs = 30_000) {
  const bodies: string[] = []
  const { web } = await listen(adapter, {
    // The longer of the two counts on Node's server.
    limits: { messageDeadlineMs, handshakeDeadlineMs: messageDeadlineMs } as never,
    http: ({ body }) => {
      bodies.push(body.toString())
      return { status: 200, body: 'taken' }
    },
  })
  const socket = connect(web.port, '127.0.0.1')
  socket.on('error', () => undefined)
  endWithTest(() => socket.destroy())
  return { socket, bodies }
}

const head = (...lines: readonly string[]) =>
  `PUT /x HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`

describe.each(adapters)('HTTP bodies with %s', (adapter) => {
  it.each([
    ['two lengths that differ', ['Content-Length: 5', 'Content-Length: 40']],
    ['two lengths that differ in one line', ['Content-Length: 5, 40']],
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['a length that is none', ['Content-Length: five']],
    ['a length below nothing', ['Content-Length: -5']],
  ])('%s are refused with 400, and nothing behind them is read', async (_, lines) => {
    const plain = await open(adapter)
    plain.socket.write(`${head(...lines)}hello`)
    expect(await answerTo(plain.socket)).toMatch(/^HTTP\/1\.1 400 /)
    const { socket, bodies } = await open(adapter)
    socket.write(`${head(...lines)}helloGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`)
    expect(await answerTo(socket)).not.toContain('taken')
    expect([...bodies, ...plain.bodies]).toEqual([])
  })

  it('one that is announced as huge is refused with 413 before it comes', async () => {
    const { socket, bodies } = await open(adapter)
    socket.write(head(`Content-Length: ${httpBodyBytesMax + 1}`))
    expect(await answerTo(socket)).toMatch(/^HTTP\/1\.1 413 /)
    expect(bodies).toEqual([])
  })

  it('one that trickles is refused with 408 when its time is over', async () => {
    const { socket, bodies } = await open(adapter, 300)
    socket.write(head('Content-Length: 1000000'))
    // Written after what has come was read: a write to a connection that is closed already would throw the answer away.
    const trickle = setInterval(() => setImmediate(() => socket.writable && socket.write('x')), 20)
    socket.once('data', () => clearInterval(trickle))
    try {
      expect(await answerTo(socket)).toMatch(/^HTTP\/1\.1 408 /)
    } finally {
      clearInterval(trickle)
    }
    expect(bodies).toEqual([])
  })

  it('one that is announced and never comes too', async () => {
    const { socket } = await open(adapter, 300)
    socket.write(head('Content-Length: 10'))
    expect(await answerTo(socket)).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('one that comes in pieces is taken whole, and the connection goes on', async () => {
    const { socket, bodies } = await open(adapter)
    socket.write(head('Content-Length: 10'))
    socket.write('hello')
    await once(socket, 'connect')
    socket.write('again')
    socket.write(`${head('Content-Length: 2', 'Connection: close')}ok`)
    await answerTo(socket)
    expect(bodies).toEqual(['helloagain', 'ok'])
  })
})
