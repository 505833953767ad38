/**
 * A port on loopback, for programs that have to be told one.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'

/** One that nobody has now; who takes it meanwhile makes the start fail. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
