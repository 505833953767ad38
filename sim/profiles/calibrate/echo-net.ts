/**
 * `echo-net`: 600 bytes there and 600 back over TCP on loopback, one at a time, both ends here. Nearly all of it is the
 * kernel's work, which is why its system time speaks for the class `kernel`.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import type { Kernel } from './kernel.ts'

const bytes = 600

export const echoNet: Kernel = {
  class: 'kernel',
  operation: 'a request of 600 bytes and its answer over loopback TCP, both ends',
  start: async () => {
    const server = createServer({ noDelay: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const request = Buffer.alloc(bytes, 'x')
    let missing = 0
    let onWhole: () => void = () => undefined
    socket.on('data', (chunk: Buffer) => {
      missing -= chunk.length
      if (missing === 0) onWhole()
    })
    return {
      slice: (ms) =>
        new Promise((resolve) => {
          const until = performance.now() + ms
          let done = 0
          const next = () => {
            missing = bytes
            socket.write(request)
          }
          onWhole = () => {
            done++
            if (performance.now() < until) next()
            else resolve(done)
          }
          next()
        }),
      stop: async () => {
        socket.destroy()
        server.close()
        await once(server, 'close')
      },
    }
  },
}
