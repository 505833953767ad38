/**
 * Meridian as a peer among others: as it is shipped, with its limits of rates off, which no other has.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MeasuredServer, root } from '../harness/server.ts'
import type { Peer } from './peer.ts'
import { groupBytes, groupMicros, groupOf } from './process-group.ts'

export async function makeMeridian(users: number): Promise<Peer> {
  const server = new MeasuredServer({ workers: 1, users, transports: ['tcp'] })
  server.addUsers()
  return new Meridian(server)
}

class Meridian implements Peer {
  readonly name = 'meridian'
  readonly #server: MeasuredServer

  constructor(server: MeasuredServer) {
    this.#server = server
  }

  get setup(): string {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return `Meridian ${version}, its own store, everything acknowledged after the flush, one worker, all on one core`
  }

  get port(): number {
    return this.#server.port('tcp')
  }

  async start(): Promise<void> {
    await this.#server.start()
  }

  cpuMicros(): number {
    return groupMicros(groupOf(this.#server.pid))
  }

  databaseMicros(): number {
    return 0
  }

  memoryBytes(): number {
    return groupBytes(groupOf(this.#server.pid))
  }

  kill(): Promise<void> {
    return this.#server.stop('SIGKILL')
  }

  remove(): Promise<void> {
    return this.#server.remove()
  }
}
