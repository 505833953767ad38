/**
 * The other end of the floor of a fan-out: watchers that answer what they get with so many bytes, and whoever sets it
 * off. There is no SIP in it.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export class FanFloor {
  readonly #trigger: Socket
  readonly #watchers: Socket[]
  readonly #notify: Buffer
  #missing = 0
  #done: () => void = () => {}

  private constructor(trigger: Socket, watchers: Socket[], notifyBytes: number, answerBytes: number) {
    this.#trigger = trigger
    this.#watchers = watchers
    this.#notify = Buffer.alloc(notifyBytes, 'n')
    const answer = Buffer.alloc(answerBytes, 'a')
    for (const watcher of watchers) {
      let got = 0
      watcher.on('data', (chunk: Buffer) => {
        got += chunk.length
        if (got < notifyBytes) return
        got -= notifyBytes
        watcher.write(answer)
        if (--this.#missing === 0) this.#done()
      })
    }
  }

  static async open(port: number, watchers: number, notifyBytes: number, answerBytes: number): Promise<FanFloor> {
    const sockets: Socket[] = []
    // One after the other: the floor takes one at a time too.
    for (let number = 0; number <= watchers; number++) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.write(`FLOOR${String(number).padStart(8, '0')}`)
      await once(socket, 'data')
      sockets.push(socket)
    }
    const [trigger, ...others] = sockets as [Socket, ...Socket[]]
    return new FanFloor(trigger, others, notifyBytes, answerBytes)
  }

  /** Resolves when all have it. */
  async round(): Promise<void> {
    this.#missing = this.#watchers.length
    const done = new Promise<void>((resolve) => {
      this.#done = resolve
    })
    this.#trigger.write(this.#notify)
    await done
  }

  close(): void {
    for (const socket of [this.#trigger, ...this.#watchers]) socket.destroy()
  }
}
