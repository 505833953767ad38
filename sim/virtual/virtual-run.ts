/**
 * One run in virtual time: the server's own core, the simulated users of the live driver, network, disk and machine in
 * one thread. The same workload and seed give the same events, the same record and the same hash.
 */
import { unleash } from '../faults/fault.ts'
import { RunRecorder } from '../measure/recorder.ts'
import type { RunRecord } from '../measure/run-record.ts'
import { noMutant } from '../mutants/mutant.ts'
import { Fleet } from '../users/fleet.ts'
import { Board } from '../verify/board.ts'
import { Findings } from '../verify/findings.ts'
import { reconcile } from '../verify/reconcile.ts'
import { answersMs, convergenceMs } from '../verify/settling.ts'
import { EventQueue } from '../world/event-queue.ts'
import { World } from '../world/world.ts'
import { prepareUsers } from './accounts.ts'
import { ProfileWeather } from './profile-weather.ts'
import { QuietHistory } from './quiet-history.ts'
import { Samples } from './samples.ts'
import { VirtualMachine } from './virtual-machine.ts'
import { VirtualOutside } from './virtual-outside.ts'
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
    const { population, naming, dialect, seed, windows, costs, speed, rttMs, flushMs, settings, print } = options
    this.#options = options
    this.#history = new QuietHistory(print ?? null)
    const events = new EventQueue(stepMs)
    this.#machine = new VirtualMachine(events, costs, speed)
    const weather = new ProfileWeather(rttMs, flushMs)
    this.#world = new World(seed, this.#history, noMutant, { events, weather, settings, machine: this.#machine })
    const outside = new VirtualOutside(this.#world)
    this.#recorder = new RunRecorder(() => outside.nowUs())
    this.#board = new Board(population.users)
    const users = { naming, population, first: 0, end: population.users, transport: 'tcp', dialect } as const
    const run = { runId: `v${seed.toString(36)}`, seed, speed: 1, outside, recorder: this.#recorder }
    this.#fleet = new Fleet({ ...users, ...run, board: this.#board })
    const endMs = windows.warmUpMs + windows.measureMs
    this.#tickMs = endMs > longMs ? longTickMs : tickMs
    this.#samples = new Samples(endMs)
  }

  async run(): Promise<RunRecord> {
    const { windows, workers, population, naming, dialect, faults } = this.#options
    prepareUsers(this.#world, population, naming, dialect.watching === 'list')
    this.#world.server.boot(workers)
    await this.#world.runUntil(bootMs)
    const startMs = this.#world.events.nowMs
    const fromMs = startMs + windows.warmUpMs
    const toMs = fromMs + windows.measureMs
    this.#recorder.setWindow(fromMs * 1000, toMs * 1000)
    this.#fleet.start(startMs * 1000, () => this.#kill())
    for (const fault of faults) unleash(fault, this.#world, this.#world.random.fork(fault.name), toMs)
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

  /** Virtual time goes on, and with it what the users do. */
  async #advance(untilMs: number, startMs: number, untilModelMs = Number.POSITIVE_INFINITY): Promise<void> {
    const { events } = this.#world
    let nextSampleMs = events.nowMs
    while (events.nowMs < untilMs) {
      await this.#world.runUntil(Math.min(untilMs, events.nowMs + this.#tickMs))
      this.#fleet.advance(events.nowMs * 1000, untilModelMs)
      if (!this.#fleet.findings.isClean) this.#violated()
      if (events.nowMs < nextSampleMs) continue
      nextSampleMs += sampleMs
      const modelMs = events.nowMs - startMs
      const { windows, onProgress } = this.#options
      onProgress?.(modelMs, windows.warmUpMs + windows.measureMs)
      this.#samples.add(modelMs, this.#recorder.takeSecond(), {
        registered: this.#fleet.registered,
        busyMs: this.#machine.busyMs,
        backlogMs: this.#machine.backlogMs,
      })
    }
  }

  #violated(): void {
    if (this.#isViolated) return
    this.#isViolated = true
    this.#options.onViolation?.(this.#world.events.nowMs)
  }

  #reading() {
    const { userUs, systemUs, busyMs } = this.#machine
    const { flushes, writes } = this.#world.disk
    return { userUs, systemUs, busyMs, flushes, writes }
  }

  async #finish(untilModelMs: number): Promise<Findings> {
    const { events, weather, disk, server } = this.#world
    disk.recover()
    weather.busMaxDelayMs = 0
    weather.watchLossProbability = 0
    if (!server.isUp) server.boot(this.#options.workers)
    const haltedMs = events.nowMs
    while (events.nowMs < haltedMs + convergenceMs) {
      await this.#advance(events.nowMs + 100, 0, untilModelMs)
      if (this.#fleet.countUnconverged(false) > 0) continue
      this.#convergedMs = events.nowMs - haltedMs
      break
    }
    while (this.#fleet.underWay > 0 && events.nowMs < haltedMs + answersMs) {
      await this.#advance(events.nowMs + 100, 0, untilModelMs)
    }
    this.#fleet.countUnconverged(true)
    this.#fleet.end()
    const findings = new Findings()
    findings.add(this.#fleet.findings.toRecord())
    const different = this.#board.usersWhoDiffer()
    const reports = this.#fleet.messages.report(new Set(different))
    if (different.length > 0) reconcile(reports, findings, (user) => this.#board.isPresent(user))
    if (!findings.isClean) this.#violated()
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
