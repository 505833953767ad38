/**
 * A port for a server that goes down and comes back in a test: below those that Linux hands out by itself (from 32768),
 * since a client that connects while the server is away could be given its port.
 */
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Free on 127.0.0.1, by UDP and TCP. */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const socket = createSocket('udp4')
  try {
    await Promise.all([
      once(server.listen(port, '127.0.0.1'), 'listening'),
      once(socket.bind(port, '127.0.0.1'), 'listening'),
    ])
    return true
  } catch {
    return false
  } finally {
    server.close()
    socket.close()
  }
}
