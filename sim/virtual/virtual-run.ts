/**
 * One run in virtual time: the server's own core, the simulated users of the live driver, network, disk and machine in
 * one thread. The same workload and seed give the same events, the same record and the same hash.
 */
import { directoryOutage } from '../faults/directory-outage.ts'
import { RunRecorder } from '../measure/recorder.ts'
import type { RunRecord } from '../measure/run-record.ts'
import { Fleet } from '../users/fleet.ts'
import { Board } from '../verify/board.ts'
import type { Findings } from '../verify/findings.ts'
import { EventQueue } from '../world/event-queue.ts'
import { VirtualDirectory } from '../world/virtual-directory.ts'
import { World } from '../world/world.ts'
import { prepareUsers } from './accounts.ts'
import { FaultLog } from './fault-log.ts'
import { ProfileWeather } from './profile-weather.ts'
import { QuietHistory } from './quiet-history.ts'
import { Samples } from './samples.ts'
import { calm, settle } from './settle.ts'
import { schedule } from './strikes.ts'
import { VirtualMachine } from './virtual-machine.ts'
import { addressOfDevice, VirtualOutside } from './virtual-outside.ts'
import { virtualRecord } from './virtual-record.ts'
import type { VirtualRunOptions } from './virtual-run-options.ts'

/** How often devices look at what is due; in runs of days less often. */
const tickMs = 1
const longTickMs = 5
const longMs = 4 * 3_600_000
const bootMs = 1_000
const sampleMs = 1_000
/** Milliseconds of one step of virtual time. */
const stepMs = 0.001
/** The simulated server restarts by itself this long after `kill-server`, as a supervisor does it. */
const restartMs = 400

export class VirtualRun {
  readonly #options: VirtualRunOptions
  readonly #history: QuietHistory
  readonly #world: World
  readonly #machine: VirtualMachine
  readonly #recorder: RunRecorder
  readonly #fleet: Fleet
  readonly #board: Board
  readonly #samples: Samples
  readonly #tickMs: number
  #isViolated = false
  #convergedMs: number | null = null
  readonly #restarts: { killedMs: number; readyMs: number }[] = []

  constructor(options: VirtualRunOptions) {
    const { population, naming, dialect, seed, windows, costs, speed, rttMs, flushMs, settings } = options
    this.#options = options
    const { mutant, planted, onTrace, strikes } = options
    const weather = new ProfileWeather(rttMs, flushMs)
    const firsts = firstDevices(population)
    const faultLog = new FaultLog(weather, (user, device) => addressOfDevice(firsts[user]! + device))
    this.#history = new QuietHistory(onTrace ?? null, faultLog)
    const events = new EventQueue(stepMs)
    this.#machine = new VirtualMachine(events, costs, speed)
    const machine = planted?.machine?.(this.#machine, events) ?? this.#machine
    // Without its outages a directory only delays first sign-ins: cases that were kept before it know none.
    const hasDirectory = strikes.some(({ fault }) => fault === directoryOutage.name)
    this.#world = new World(seed, this.#history, mutant, {
      events,
      weather,
      settings: (bootId) => settings(bootId, hasDirectory),
      machine,
      ...(hasDirectory && { directory: (queue: EventQueue) => new VirtualDirectory(queue) }),
    })
    const outside = new VirtualOutside(this.#world)
    this.#recorder = new RunRecorder(() => outside.nowUs())
    this.#board = new Board(population.users)
    const users = { naming, population, first: 0, end: population.users, transport: 'tcp', dialect } as const
    const recorder = planted?.recorder?.(this.#recorder) ?? this.#recorder
    const run = { runId: `v${seed.toString(36)}`, seed, speed: 1, outside, recorder }
    const losses = strikes.length > 0 && { losses: faultLog }
    this.#fleet = new Fleet({ ...users, ...run, board: this.#board, ...losses })
    const endMs = windows.warmUpMs + windows.measureMs
    this.#tickMs = endMs > longMs ? longTickMs : tickMs
    this.#samples = new Samples(endMs)
  }

  async run(): Promise<RunRecord> {
    const { windows, workers, population, naming, dialect, seed, strikes } = this.#options
    prepareUsers(this.#world, population, naming, dialect.watching === 'list')
    this.#world.server.boot(workers)
    await this.#world.runUntil(bootMs)
    const startMs = this.#world.events.nowMs
    const fromMs = startMs + windows.warmUpMs
    const toMs = fromMs + windows.measureMs
    this.#recorder.setWindow(fromMs * 1000, toMs * 1000)
    this.#fleet.start(startMs * 1000, () => this.#kill())
    schedule(strikes, seed, this.#world)
    await this.#advance(fromMs, startMs)
    const before = this.#reading()
    this.#machine.beginWindow()
    await this.#advance(toMs, startMs)
    const after = this.#reading()
    const { busiestSecond } = this.#machine
    const findings = await this.#finish(windows.warmUpMs + windows.measureMs)
    return virtualRecord(this.#options, {
      window: this.#recorder.toWindow(),
      correctness: findings.toRecord(),
      overflowed: this.#fleet.messages.overflowed,
      before,
      after,
      busiestSecond,
      convergedUs: this.#convergedMs === null ? null : this.#convergedMs * 1000,
      restarts: this.#restarts,
      series: this.#samples.toSeries(),
      traceHash: this.#history.digest(),
      events: this.#world.events.plannedCount,
    })
  }

  /** Virtual time goes on, and with it what the users do: moments in which nothing is due are left out. */
  async #advance(untilMs: number, startMs: number, untilModelMs = Number.POSITIVE_INFINITY): Promise<void> {
    const { events } = this.#world
    let nextSampleMs = events.nowMs
    while (events.nowMs < untilMs) {
      await this.#world.runUntil(Math.min(untilMs, this.#nextMs(nextSampleMs, untilModelMs)))
      this.#fleet.advance(events.nowMs * 1000, untilModelMs)
      if (!this.#fleet.findings.isClean) this.#violated(this.#fleet.findings, false)
      if (events.nowMs < nextSampleMs) continue
      nextSampleMs += sampleMs
      const modelMs = events.nowMs - startMs
      const { windows, onProgress } = this.#options
      if (onProgress) await onProgress(modelMs, windows.warmUpMs + windows.measureMs)
      this.#samples.add(modelMs, this.#recorder.takeSecond(), {
        registered: this.#fleet.registered,
        busyMs: this.#machine.busyMs,
        backlogMs: this.#machine.backlogMs,
      })
    }
  }

  /** The tick at or before the next thing that happens. */
  #nextMs(sampleMs: number, untilModelMs: number): number {
    const { nextAtMs, nowMs } = this.#world.events
    const nextMs = Math.min(nextAtMs, this.#fleet.nextUs(untilModelMs) / 1000, sampleMs)
    return Math.max(nowMs + this.#tickMs, Math.ceil(nextMs / this.#tickMs) * this.#tickMs)
  }

  #violated(findings: Findings, isAtEnd: boolean): void {
    if (this.#isViolated) return
    this.#isViolated = true
    const words = findings.toRecord().examples[0] ?? ''
    this.#options.onViolation?.({ atMs: this.#world.events.nowMs, isAtEnd, words })
  }

  #reading() {
    const { userUs, systemUs, busyMs } = this.#machine
    const byKindMs = new Map(this.#machine.byKindMs)
    const { flushes, writes } = this.#world.disk
    return { userUs, systemUs, busyMs, byKindMs, flushes, writes }
  }

  async #finish(untilModelMs: number): Promise<Findings> {
    calm(this.#world, this.#options.workers)
    const { convergedMs, findings } = await settle({
      fleet: this.#fleet,
      board: this.#board,
      nowMs: () => this.#world.events.nowMs,
      advance: (forMs) => this.#advance(this.#world.events.nowMs + forMs, 0, untilModelMs),
      wasStruck: this.#options.strikes.length > 0,
    })
    this.#convergedMs = convergedMs
    if (!findings.isClean) this.#violated(findings, true)
    return findings
  }

  /** The script wants it: SIGKILL, and the supervisor starts it again. */
  #kill(): void {
    const { server, events, history } = this.#world
    const killedMs = events.nowMs
    this.#fleet.excuseAll(killedMs * 1000)
    history.fault('server killed', killedMs)
    server.kill()
    events.after(restartMs, () => {
      server.boot(this.#options.workers)
      const look = (): void => {
        if (server.areAllListening) this.#restarts.push({ killedMs, readyMs: events.nowMs })
        else events.after(10, look)
      }
      look()
    })
  }
}

/** Index of each user's first device among all. */
function firstDevices(population: VirtualRunOptions['population']): Int32Array {
  const firsts = new Int32Array(population.users)
  for (let user = 1; user < population.users; user++) firsts[user] = firsts[user - 1]! + population.devicesOf(user - 1)
  return firsts
}
