/**
 * Holds the server of a run inside a profile from the moment when accounts are made, and those signed in whom a steady
 * load begins with, until the run ends; a server that is started again in mid-run included. What the control group has
 * counted is kept.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { type AppliedProfile, type ApplyOptions, applyProfile } from '../profiles/apply/apply-profile.ts'
import type { GroupReadings } from '../profiles/apply/control-group.ts'
import type { PlannedLimits } from '../profiles/apply/plan-limits.ts'

type Apply = (options: ApplyOptions) => ReturnType<typeof applyProfile>

export class HeldServer {
  readonly #limits: PlannedLimits
  readonly #apply: Apply
  #applied: AppliedProfile | null = null
  readonly #ended: GroupReadings[] = []
  /** Of the quota, milliseconds: a latency may be that much longer or shorter than on the real machine. */
  periodMs = 0

  constructor(limits: PlannedLimits, apply: Apply = applyProfile) {
    this.#limits = limits
    this.#apply = apply
  }

  /** Throws an Error that says why it may not be held, and what would help. */
  hold(pid: number): void {
    this.release()
    const result = this.#apply({ pid, limits: this.#limits, cores: coresFor(this.#limits.cores) })
    if (!result.ok) throw new Error(result.message)
    this.#applied = result.applied
    this.periodMs = result.applied.quota.periodUs / 1_000
  }

  release(): void {
    if (this.#applied === null) return
    this.#ended.push(this.#applied.readings())
    this.#applied.remove()
    this.#applied = null
  }

  /** Of all its processes together. */
  get readings(): readonly GroupReadings[] {
    return this.#ended
  }
}

/** Cores for the server alone, the first ones; null where none would be left for the users. */
export function coresFor(quotaCores: number, cores = availableParallelism()): readonly number[] | null {
  const wanted = Math.ceil(quotaCores)
  return wanted < cores ? Array.from({ length: wanted }, (_, core) => core) : null
}

/** Tries the limits on a process that does nothing. Null: they can be set; else why not. */
export async function whyNotHeld(limits: PlannedLimits, apply: Apply = applyProfile): Promise<string | null> {
  const idle = spawn('sleep', ['60'], { stdio: 'ignore' })
  const started = new Promise<boolean>((resolve) => {
    idle.once('spawn', () => resolve(true))
    idle.once('error', () => resolve(false))
  })
  if (!(await started) || idle.pid === undefined) return 'no process could be started to try the limits on'
  const held = new HeldServer(limits, apply)
  try {
    held.hold(idle.pid)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    held.release()
    idle.kill('SIGKILL')
  }
}

/** In words, for the report. */
export function holdingWords(bound: string, { readings, periodMs }: HeldServer): readonly string[] {
  const sum = (of: (each: GroupReadings) => number) => readings.reduce((total, each) => total + of(each), 0)
  const periods = sum((each) => each.periods)
  const throttled = sum((each) => each.throttledPeriods)
  const share = periods > 0 ? Math.round((throttled / periods) * 100) : 0
  const killed = sum((each) => each.killedForMemory)
  const words = `the quota was used up in ${share} % of its periods of ${periodMs} ms, so much a latency may be off`
  return [
    `${bound}: ${words}`,
    ...(killed > 0 ? [`${bound}: ${killed} processes were killed, the memory of the profile was full`] : []),
  ]
}
