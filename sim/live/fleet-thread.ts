/**
 * A thread of simulated users over real sockets: makes its part of the population, waits for the start that is common
 * to all, then looks every millisecond at what is due, and tells the main thread each second how it goes.
 */
import { setPriority } from 'node:os'
import type { MessagePort } from 'node:worker_threads'
import { RunRecorder } from '../measure/recorder.ts'
import { Fleet } from '../users/fleet.ts'
import { Naming } from '../users/population.ts'
import { Board } from '../verify/board.ts'
import { Prng } from '../world/prng.ts'
import { nowUs } from './clock.ts'
import type { FleetResult, FleetTask, FromFleet, ToFleet } from './fleet-words.ts'
import { makePopulation } from './populations.ts'
import { Sockets } from './sockets.ts'

class FleetThread {
  readonly #port: MessagePort
  readonly #recorder = new RunRecorder(nowUs)
  readonly #fleet: Fleet
  readonly #ended = Promise.withResolvers<void>()
  #untilModelMs = -1
  #windowFromUs = Number.POSITIVE_INFINITY
  #windowToUs = Number.POSITIVE_INFINITY
  #isEnded = false
  #isBehindUs = 0
  #secondEndsUs = Number.POSITIVE_INFINITY
  #cpuBefore = process.threadCpuUsage()
  #secondBeganUs = 0
  #busiest = 0

  constructor(task: FleetTask) {
    const { port, board, plan, first, end, target, domain, prefix, seed } = task
    this.#port = port
    const random = new Prng(seed, `sockets ${first}`)
    const recorder = this.#recorder
    const outside = new Sockets({ ...task, recorder, random: () => random.float() })
    const naming = new Naming(domain, prefix, seed)
    const { transport } = target
    const { dialect, runId, speed } = task
    const options = { naming, first, end, transport, dialect, runId, seed, speed, outside, recorder }
    this.#fleet = new Fleet({ ...options, population: makePopulation(plan), board: new Board(board) })
  }

  async run(): Promise<FleetResult> {
    goFirst()
    this.#port.on('message', (message: ToFleet) => this.#onMessage(message))
    this.#post({ kind: 'ready' })
    await this.#ended.promise
    this.#fleet.end()
    this.#port.close()
    return {
      window: this.#recorder.toWindow(),
      correctness: this.#fleet.findings.toRecord(),
      overflowed: this.#fleet.messages.overflowed,
      cpuShare: this.#busiest,
      devices: this.#fleet.devices.length,
    }
  }

  #onMessage(message: ToFleet): void {
    switch (message.kind) {
      case 'start':
        return this.#start(message)
      case 'fault':
        return this.#fleet.excuseAll(message.atUs)
      case 'tell-clock':
        return this.#post({ kind: 'clock', nowUs: nowUs() })
      case 'count-unconverged':
        return this.#post({ kind: 'unconverged', count: this.#fleet.countUnconverged(message.isLast) })
      case 'report-pairs':
        return this.#post({ kind: 'pairs', reports: this.#fleet.messages.report(new Set(message.recipients)) })
      case 'halt':
        this.#untilModelMs = -1
        return
      case 'end':
        this.#isEnded = true
        this.#ended.resolve()
    }
  }

  #start({ startUs, windowFromUs, windowToUs, untilModelMs }: ToFleet & { kind: 'start' }): void {
    this.#windowFromUs = windowFromUs
    this.#windowToUs = windowToUs
    this.#recorder.setWindow(windowFromUs, windowToUs)
    this.#untilModelMs = untilModelMs
    this.#fleet.start(startUs, () => this.#post({ kind: 'kill-server' }))
    this.#secondBeganUs = startUs
    this.#secondEndsUs = startUs + 1e6
    this.#tick()
  }

  #tick(): void {
    if (this.#isEnded) return
    const now = nowUs()
    if (this.#untilModelMs >= 0) this.#isBehindUs = Math.max(this.#isBehindUs, this.#fleet.behindUs(now))
    this.#fleet.advance(now, this.#untilModelMs)
    if (now >= this.#secondEndsUs) this.#tellSecond(now)
    setTimeout(() => this.#tick(), 1)
  }

  #tellSecond(now: number): void {
    const cpu = process.threadCpuUsage(this.#cpuBefore)
    const cpuShare = (cpu.user + cpu.system) / Math.max(1, now - this.#secondBeganUs)
    if (now > this.#windowFromUs + 1e6 && now < this.#windowToUs) this.#busiest = Math.max(this.#busiest, cpuShare)
    this.#post({
      kind: 'second',
      second: {
        ...this.#recorder.takeSecond(),
        registered: this.#fleet.registered,
        wanted: this.#fleet.wanted,
        underWay: this.#fleet.underWay,
        behindUs: this.#isBehindUs,
        cpuShare,
        isDone: this.#fleet.isDone,
      },
    })
    this.#isBehindUs = 0
    this.#cpuBefore = process.threadCpuUsage()
    this.#secondBeganUs = now
    // A second that was missed is not made up for.
    this.#secondEndsUs = Math.max(this.#secondEndsUs + 1e6, now + 5e5)
  }

  #post(message: FromFleet): void {
    this.#port.postMessage(message)
  }
}

/** Before other work of the machine: what is late here is not the server's delay. Only root may ask; of this thread. */
function goFirst(): void {
  try {
    setPriority(-10)
  } catch {
    // Then it is late like everybody, and the record says so.
  }
}

/** Resolves when the main thread has ended the run. */
export function runFleet(task: FleetTask): Promise<FleetResult> {
  return new FleetThread(task).run()
}
