/**
 * uWebSockets.js really loads on this machine, and serves: were it missing, the server would fall back to `ws` in
 * silence and only the benches would notice. The repair of its binary is tested beside it, on the real one.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { relinkToOldest, uwsPaths, verifyHash } from '../../../bin/repair-uws.mjs'
import { loadUws } from '../../../src/transport/web/load-uws.ts'
import type { UwsListenSocket, UwsModule } from '../../../src/transport/web/uws-types.ts'

const linux = process.platform === 'linux'

describe('loadUws', () => {
  it.runIf(linux)('serves one GET on a free port of the loopback, and closes', async () => {
    const uws = loadUws()
    if ('reason' in uws) throw new Error(uws.reason)
    const app = uws.App().get('/ping', (response) => response.end('pong'))
    const socket = await new Promise<UwsListenSocket | false>((resolve) => app.listen('127.0.0.1', 0, resolve))
    if (!socket) throw new Error('cannot listen')
    const answer = await fetch(`http://127.0.0.1:${uws.us_socket_local_port(socket)}/ping`)
    const body = await answer.text()
    app.close()
    expect({ status: answer.status, body }).toEqual({ status: 200, body: 'pong' })
  })

  it.runIf(linux)('carries a WebSocket message there and back under the subprotocol that was asked for', async () => {
    const uws = loadUws()
    if ('reason' in uws) throw new Error(uws.reason)
    expect(await echoOnce(uws, 'REGISTER')).toEqual({ protocol: 'sip', text: 'REGISTER' })
  })
})

describe.runIf(linux)('the repair', () => {
  const published = () => readFileSync(uwsPaths().published)

  it('links the three C23 functions to their older twins and leaves nothing of glibc 2.38', () => {
    const binary = published()
    expect(relinkToOldest(binary)).toEqual(expect.arrayContaining(['__isoc23_strtol', '__isoc23_strtoul']))
    expect(relinkToOldest(binary)).toEqual([])
  })

  it('refuses a symbol that it does not know', () => {
    const binary = published()
    binary.write('__isoc99_', binary.indexOf('__isoc23_strtoul'), 'latin1')
    expect(() => relinkToOldest(binary)).toThrow('has no older twin')
  })

  it('refuses a binary that nobody has looked at', () => {
    const { file } = uwsPaths()
    const binary = published()
    expect(() => verifyHash(file, binary)).not.toThrow()
    binary.writeUInt8(binary.readUInt8(9000) ^ 1, 9000)
    expect(() => verifyHash(file, binary)).toThrow('sha256')
  })

  it('refuses what is not an ELF file', () => {
    expect(() => relinkToOldest(Buffer.alloc(64))).toThrow('not a 64-bit little-endian ELF')
  })
})

async function echoOnce(uws: UwsModule, text: string): Promise<{ protocol: string; text: string }> {
  const app = uws.App().ws('/', {
    upgrade: (response, request, context) =>
      response.upgrade({}, request.getHeader('sec-websocket-key'), 'sip', '', context),
    message: (socket, message, isBinary) => void socket.send(message, isBinary),
  })
  const socket = await new Promise<UwsListenSocket | false>((resolve) => app.listen('127.0.0.1', 0, resolve))
  if (!socket) throw new Error('cannot listen')
  const client = new WebSocket(`ws://127.0.0.1:${uws.us_socket_local_port(socket)}/`, ['sip'])
  try {
    return await new Promise((resolve, reject) => {
      client.addEventListener('open', () => client.send(text))
      client.addEventListener('message', ({ data }) => resolve({ protocol: client.protocol, text: String(data) }))
      client.addEventListener('error', () => reject(new Error('the client failed')))
    })
  } finally {
    client.close()
    app.close()
  }
}
