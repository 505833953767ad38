/**
 * All fleets of a run: threads of simulated users in a pool, started together, asked together. What a thread does is
 * `fleet-thread.ts`.
 */
import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { Population } from '../users/population.ts'
import type { PairReport } from '../verify/message-verifier.ts'
import { nowUs } from './clock.ts'
import { askClock, type ClockAsking } from './clock-probe.ts'
import type { FleetResult, FleetSecond, FleetTask, FromFleet, ToFleet } from './fleet-words.ts'

/** Beyond this a thread would be busy with its sockets alone. */
const devicesPerThread = 5_000
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

export type FleetSettings = Omit<FleetTask, 'port' | 'first' | 'end' | 'firstDevice'>

export interface FleetEvents {
  onSecond(thread: number, second: FleetSecond): void
  onKillServer(): void
  /** A thread has died. */
  onFault(error: Error): void
}

interface Thread {
  readonly port: MessagePort
  readonly result: Promise<FleetResult>
  onAnswer: ((message: FromFleet) => void) | null
}

export class Fleets {
  readonly #pool: Piscina
  readonly #threads: Thread[] = []
  readonly #events: FleetEvents

  constructor(count: number, settings: FleetSettings, population: Population, events: FleetEvents) {
    this.#events = events
    const filename = new URL(`../../workers/fleet${extension}`, import.meta.url).href
    this.#pool = new Piscina({ filename, minThreads: count, maxThreads: count, execArgv: process.execArgv })
    let [first, firstDevice] = [0, 0]
    for (let thread = 0; thread < count; thread++) {
      const end = Math.floor(((thread + 1) * population.users) / count)
      this.#open(thread, { ...settings, first, end, firstDevice })
      for (; first < end; first++) firstDevice += population.devicesOf(first)
    }
  }

  get count(): number {
    return this.#threads.length
  }

  /** Every thread has made its users. */
  async ready(): Promise<void> {
    await this.#each('ready')
  }

  /** What the clock of each thread says, beside that of this one. */
  askClocks(): Promise<ClockAsking[]> {
    return Promise.all(
      this.#threads.map((thread) =>
        askClock(nowUs, async () => {
          const answer = this.#next(thread, 'clock')
          thread.port.postMessage({ kind: 'tell-clock' } satisfies ToFleet)
          return (await answer).nowUs
        }),
      ),
    )
  }

  tell(message: ToFleet): void {
    for (const { port } of this.#threads) port.postMessage(message)
  }

  async countUnconverged(isLast: boolean): Promise<number> {
    const answers = this.#each('unconverged')
    this.tell({ kind: 'count-unconverged', isLast })
    return (await answers).reduce((sum, { count }) => sum + count, 0)
  }

  async reportPairs(recipients: readonly number[]): Promise<PairReport[]> {
    const answers = this.#each('pairs')
    this.tell({ kind: 'report-pairs', recipients })
    return (await answers).flatMap(({ reports }) => reports)
  }

  async end(): Promise<FleetResult[]> {
    this.tell({ kind: 'end' })
    const results = await Promise.all(this.#threads.map(({ result }) => result))
    await this.#pool.destroy()
    return results
  }

  /** Without results: something went wrong. */
  async abandon(): Promise<void> {
    for (const { port } of this.#threads) port.close()
    await this.#pool.destroy()
  }

  #open(number: number, task: Omit<FleetTask, 'port'>): void {
    const { port1, port2 } = new MessageChannel()
    const run = this.#pool.run({ ...task, port: port2 }, { name: 'runFleet', transferList: [port2] })
    const result = run as Promise<FleetResult>
    result.catch((error: Error) => this.#events.onFault(error))
    const thread: Thread = { port: port1, result, onAnswer: null }
    port1.on('message', (message: FromFleet) => {
      if (message.kind === 'second') this.#events.onSecond(number, message.second)
      else if (message.kind === 'kill-server') this.#events.onKillServer()
      else thread.onAnswer?.(message)
    })
    this.#threads.push(thread)
  }

  /** The next message of this kind from each thread. Rejects where a thread dies before. */
  #each<Kind extends FromFleet['kind']>(kind: Kind): Promise<Extract<FromFleet, { kind: Kind }>[]> {
    return Promise.all(this.#threads.map((thread) => this.#next(thread, kind)))
  }

  #next<Kind extends FromFleet['kind']>(thread: Thread, kind: Kind): Promise<Extract<FromFleet, { kind: Kind }>> {
    const answer = new Promise<Extract<FromFleet, { kind: Kind }>>((resolve) => {
      thread.onAnswer = (message) => {
        if (message.kind === kind) resolve(message as Extract<FromFleet, { kind: Kind }>)
      }
    })
    const ended = thread.result.then(() => Promise.reject(new Error('a thread of users ended too early')))
    return Promise.race([answer, ended])
  }
}

/** The server keeps a core of its own. */
export function threadsFor(devices: number): number {
  return Math.max(1, Math.min(availableParallelism() - 1, Math.ceil(devices / devicesPerThread)))
}
