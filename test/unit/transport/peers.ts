/**
 * Raw peers for tests of listeners: sockets that read, do not read, or end on request. All end with the test.
 */
import { connect, type Socket } from 'node:net'
import { afterEach } from 'vitest'

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end()
})

export function endWithTest(end: () => unknown): void {
  ended.push(end)
}

export interface Peer {
  readonly socket: Socket
  /** Resolves with all text received so far, once it holds `text`. */
  received(text: string): Promise<string>
  /** Resolves when the connection is gone, however. */
  readonly gone: Promise<void>
}

/** Wraps a socket: collects what it receives and takes errors for an end. */
export function asPeer(socket: Socket): Peer {
  let seen = ''
  let wake = () => {}
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    seen += chunk.toString('latin1')
    wake()
  })
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  endWithTest(() => socket.destroy())
  const received = async (text: string) => {
    while (!seen.includes(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return seen
  }
  return { socket, received, gone }
}

export async function connectPeer(to: { address: string; port: number }): Promise<Peer> {
  const peer = asPeer(connect({ host: to.address, port: to.port, noDelay: true }))
  // A refused connection may be reset before we hear that it was made.
  await Promise.race([new Promise((resolve) => peer.socket.once('connect', resolve)), peer.gone])
  return peer
}
