/**
 * One live run from beginning to end: fleets start together, warm up, are measured, come to rest, and what was sent is
 * compared with what came. It always gives a record; one that ended early says why.
 */
import { setTimeout } from 'node:timers/promises'
import type { RunRecord } from '../measure/run-record.ts'
import { Board } from '../verify/board.ts'
import { Findings } from '../verify/findings.ts'
import { mayStillCome, reconcile } from '../verify/reconcile.ts'
import { answersMs, convergenceMs, deliveredWithinMs } from '../verify/settling.ts'
import { nowUs } from './clock.ts'
import type { FleetResult, FleetSecond } from './fleet-words.ts'
import { Fleets, threadsFor } from './fleets.ts'
import { type Progress, ProgressLog } from './progress.ts'
import { makeRecord, type RunFindings } from './record.ts'
import type { RunOptions } from './run-options.ts'
import { ServerWatch } from './server-watch.ts'
import type { LinkShape } from './shaped-link.ts'

/** How often threads tell, and some more. */
const secondMs = 1_200
/** A generator so far behind its plan measures itself. */
const behindMaxUs = 1_000_000
/** Nobody is signed in for so long although all should be: the target is gone. */
const goneSeconds = 45
/** So long the server is looked at while nobody is signed in. */
const idleMs = 10_000
const idleQuickMs = 500
/** D9: so many are back. */
const backShare = 0.999

/** Threads know nothing of each other: each has its part of the rate. */
function shareOf(link: LinkShape | null, threads: number): LinkShape | null {
  return link && { ...link, bytesPerSecond: link.bytesPerSecond / threads }
}

export class LiveRun {
  readonly #options: RunOptions
  readonly #board: Board
  readonly #fleets: Fleets
  readonly #log: ProgressLog
  readonly #watch: ServerWatch | null
  readonly #found: RunFindings
  /** Resolves with the reason when the run has to end before its time. */
  readonly #stopped = Promise.withResolvers<string>()
  #phase: Progress['phase'] = 'warm-up'
  #startUs = 0
  #goneSeconds = 0
  #hadUsers = false
  #isRestarting = false
  #underWay = 0

  constructor(options: RunOptions) {
    this.#options = options
    const { population, plan, target, ca, serverName, naming, dialect, seed, speed, resumption } = options
    this.#board = new Board(population.users)
    const devices = Array.from({ length: population.users }, (_, user) => population.devicesOf(user))
    const count = options.threads ?? threadsFor(devices.reduce((sum, each) => sum + each, 0))
    const runId = `${seed.toString(36)}${Math.floor(nowUs()).toString(36)}`
    const identity = { domain: naming.domain, prefix: naming.prefix, runId, seed }
    const how = { target, ca, serverName, dialect, speed, resumption, link: shareOf(options.link ?? null, count) }
    this.#fleets = new Fleets(count, { board: this.#board.buffer, plan, ...how, ...identity }, population, {
      onSecond: (thread, second) => this.#onSecond(thread, second),
      onKillServer: () => void this.#restart(),
      onFault: (error) => this.stop(`a thread of users broke: ${error.message}`),
    })
    this.#log = new ProgressLog(count)
    this.#watch = options.server ? new ServerWatch(options.server) : null
    this.#found = { behindUs: 0, restarts: [], endedEarly: null, convergedUs: null, server: undefined, clocks: [] }
  }

  /** The run ends in order, with what there is. */
  stop(reason: string): void {
    this.#found.endedEarly ??= reason
    this.#stopped.resolve(reason)
  }

  async run(): Promise<RunRecord> {
    const { windows, speed } = this.#options
    await this.#fleets.ready()
    this.#found.clocks = await this.#fleets.askClocks()
    if (this.#found.endedEarly === null) await this.#watch?.observeIdle(this.#options.quick ? idleQuickMs : idleMs)
    this.#startUs = nowUs() + 200_000
    const at = (modelMs: number) => this.#startUs + (modelMs * 1000) / speed
    const windowFromUs = at(windows.warmUpMs)
    const windowToUs = at(windows.warmUpMs + windows.measureMs)
    const untilModelMs = windows.warmUpMs + windows.measureMs
    this.#fleets.tell({ kind: 'start', startUs: this.#startUs, windowFromUs, windowToUs, untilModelMs })
    await this.#until(at(this.#options.population.settlingMs))
    this.#settled()
    await this.#until(windowFromUs)
    this.#phase = 'measuring'
    await this.#watch?.beginWindow()
    await this.#until(windowToUs)
    this.#found.server = await this.#watch?.endWindow()
    this.#phase = 'settling'
    return this.#finish()
  }

  #settled(): void {
    if (this.#found.endedEarly !== null) return
    try {
      this.#options.onSettled()
    } catch (error) {
      this.stop(error instanceof Error ? error.message : String(error))
    }
  }

  async #until(atUs: number): Promise<void> {
    const waiting = new AbortController()
    const waitMs = Math.max(0, (atUs - nowUs()) / 1000)
    if (this.#found.endedEarly === null) {
      await Promise.race([
        setTimeout(waitMs, null, { signal: waiting.signal }).catch(() => null),
        this.#stopped.promise,
      ])
    }
    waiting.abort()
  }

  async #finish(): Promise<RunRecord> {
    this.#fleets.tell({ kind: 'halt' })
    const haltedUs = nowUs()
    if (this.#found.endedEarly === null) await this.#settle(haltedUs)
    const findings = new Findings()
    if (this.#found.endedEarly === null) await this.#compare(findings)
    const results = await this.#fleets.end()
    for (const { correctness } of results) findings.add(correctness)
    return this.#record(results, findings)
  }

  /** Every watcher gets the newest state, and everything that is under way its answer. */
  async #settle(haltedUs: number): Promise<void> {
    const isLate = (ms: number) => nowUs() - haltedUs > ms * 1000
    while (!isLate(convergenceMs)) {
      const missing = await this.#fleets.countUnconverged(false)
      if (missing === 0) {
        this.#found.convergedUs = nowUs() - haltedUs
        break
      }
      await setTimeout(100)
    }
    // What is still open by the second that ends next is told then.
    await setTimeout(secondMs)
    while (this.#underWay > 0 && !isLate(answersMs)) await setTimeout(200)
    await this.#fleets.countUnconverged(true)
  }

  /**
   * Sums of sent and received messages; where they differ, what is missing. A server that was too busy keeps messages
   * and tries again, which is waited for.
   */
  async #compare(findings: Findings): Promise<void> {
    const fromUs = nowUs()
    const isPresent = (user: number) => this.#board.isPresent(user)
    for (;;) {
      const different = this.#board.usersWhoDiffer()
      if (different.length === 0) return
      const reports = await this.#fleets.reportPairs(different)
      const isLate = nowUs() - fromUs > deliveredWithinMs * 1000
      // What waits for somebody who is not there is kept, not lost.
      if (isLate || this.#found.endedEarly !== null || !mayStillCome(reports, isPresent))
        return reconcile(reports, findings, isPresent)
      await setTimeout(secondMs)
    }
  }

  #onSecond(thread: number, second: FleetSecond): void {
    const now = nowUs()
    const modelMs = ((now - this.#startUs) / 1000) * this.#options.speed
    const server = this.#watch?.look(performance.now()) ?? null
    const progress = this.#log.add(thread, second, { modelMs, phase: this.#phase, server })
    if (!progress) return
    this.#underWay = progress.underWay
    this.#found.behindUs = Math.max(this.#found.behindUs, progress.behindUs)
    this.#options.onProgress(progress)
    if (progress.behindUs > behindMaxUs) {
      this.stop(
        `the generator was ${(progress.behindUs / 1e6).toFixed(1)} s behind its plan: it, not the server, is the limit`,
      )
    }
    this.#noteGone(progress)
    this.#noteBack(progress, now)
  }

  #noteGone({ registered, wanted }: Progress): void {
    if (registered > 0) this.#hadUsers = true
    const isGone = this.#hadUsers && registered === 0 && wanted > 0 && !this.#isRestarting
    this.#goneSeconds = isGone ? this.#goneSeconds + 1 : 0
    if (this.#goneSeconds === goneSeconds) this.stop(`the target has not answered anybody for ${goneSeconds} s`)
  }

  #noteBack({ registered, wanted }: Progress, now: number): void {
    const restart = this.#found.restarts.at(-1)
    if (restart && restart.backUs === null && registered >= wanted * backShare) restart.backUs = now
  }

  async #restart(): Promise<void> {
    const { restart } = this.#options
    if (this.#isRestarting) return
    if (!restart) return this.stop('the workload kills the server, and this one is not ours to kill')
    this.#isRestarting = true
    const killedUs = nowUs()
    this.#fleets.tell({ kind: 'fault', atUs: killedUs })
    try {
      await restart()
      this.#found.restarts.push({ killedUs, readyUs: nowUs(), backUs: null })
    } catch (error) {
      this.stop(`the server did not start again: ${error instanceof Error ? error.message : error}`)
    } finally {
      this.#isRestarting = false
    }
  }

  #record(results: readonly FleetResult[], findings: Findings): RunRecord {
    return makeRecord(this.#options, { results, findings, found: this.#found, series: this.#log.toSeries() })
  }
}
