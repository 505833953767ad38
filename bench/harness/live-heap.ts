/**
 * What a running node process still needs, by its inspector: each thread collects its garbage and says what is left.
 * Resident memory cannot tell that from room that V8 keeps for later.
 */
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'

/** What the inspector says, where it answers a command of ours or tells something. */
interface Told {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly sessionId?: string; readonly message?: string }
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

const commandMs = 60_000

export class LiveHeap {
  readonly #socket: WebSocket
  readonly #waiting = new Map<string, (told: Told) => void>()
  readonly #threads = new Set<string>()
  #nextId = 1

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#onTold('', JSON.parse(String(data)) as Told))
  }

  /** To a process that was started with `--inspect=127.0.0.1:PORT`. */
  static async connect(port: number): Promise<LiveHeap> {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      webSocketDebuggerUrl: string
    }[]
    const socket = new WebSocket(targets[0]!.webSocketDebuggerUrl)
    await once(socket, 'open')
    const heap = new LiveHeap(socket)
    // Threads that run already are told at once, later ones as they start.
    await heap.#ask('', 'NodeWorker.enable', { waitForDebuggerOnStart: false })
    return heap
  }

  /** Bytes of live objects on the heaps of all threads, after a collection of each; and of buffers beside them. */
  async read(): Promise<{ heapBytes: number; outsideBytes: number; threads: number }> {
    let heapBytes = 0
    let outsideBytes = 0
    const threads = ['', ...this.#threads]
    for (const thread of threads) {
      // Twice: what a finaliser lets go of is garbage only then.
      for (let turn = 0; turn < 2; turn++) await this.#ask(thread, 'HeapProfiler.collectGarbage')
      const usage = (await this.#ask(thread, 'Runtime.getHeapUsage')) as {
        usedSize: number
        backingStorageSize?: number
      }
      heapBytes += usage.usedSize
      outsideBytes += usage.backingStorageSize ?? 0
    }
    return { heapBytes, outsideBytes, threads: threads.length }
  }

  close(): void {
    this.#socket.close()
  }

  async #ask(thread: string, method: string, params: object = {}): Promise<unknown> {
    const id = this.#nextId++
    const command = JSON.stringify({ id, method, params })
    const told = new Promise<Told>((resolve) => this.#waiting.set(`${thread} ${id}`, resolve))
    if (thread === '') this.#socket.send(command)
    else this.#socket.send(JSON.stringify(this.#toThread(thread, command)))
    const late = new AbortController()
    const answer = await Promise.race([told, setTimeout(commandMs, null, { signal: late.signal }).catch(() => null)])
    late.abort()
    if (answer === null) throw new Error(`the inspector did not answer ${method} within ${commandMs / 1_000} s`)
    if (answer.error) throw new Error(`the inspector refused ${method}: ${answer.error.message}`)
    return answer.result
  }

  #toThread(sessionId: string, message: string): object {
    return { id: this.#nextId++, method: 'NodeWorker.sendMessageToWorker', params: { sessionId, message } }
  }

  #onTold(thread: string, told: Told): void {
    if (told.id !== undefined) {
      this.#waiting.get(`${thread} ${told.id}`)?.(told)
      this.#waiting.delete(`${thread} ${told.id}`)
    }
    const { sessionId = '', message = '' } = told.params ?? {}
    if (told.method === 'NodeWorker.attachedToWorker') this.#threads.add(sessionId)
    else if (told.method === 'NodeWorker.detachedFromWorker') this.#threads.delete(sessionId)
    else if (told.method === 'NodeWorker.receivedMessageFromWorker')
      this.#onTold(sessionId, JSON.parse(message) as Told)
  }
}
