/**
 * Looks at the machine under a run: processor time that its host gave to others (steal), and steps of the clock. Both
 * make a report invalid.
 */
import { readFileSync } from 'node:fs'
import type { ValidityReading } from '../measure/run-record.ts'

export interface HostSample {
  readonly atMs: number
  /** The clock of the wall minus the monotonic one. */
  readonly offsetMs: number
  /** Ticks of all cores. */
  readonly stolen: number
  readonly all: number
}

const sampleMs = 5_000
const minuteMs = 60_000
const stealMax = 0.05
/** A clock that is being slewed drifts by less between two samples. */
const stepMaxMs = 100

export class HostWatch {
  readonly #samples: HostSample[] = []
  #timer: NodeJS.Timeout | null = null

  start(): void {
    this.#look()
    this.#timer = setInterval(() => this.#look(), sampleMs).unref()
  }

  /** Empty where the kernel says nothing. */
  stop(): readonly ValidityReading[] {
    if (this.#timer) clearInterval(this.#timer)
    this.#look()
    return hostReadings(this.#samples)
  }

  #look(): void {
    const ticks = readTicks()
    if (ticks === null) return
    const atMs = performance.now()
    this.#samples.push({ atMs, offsetMs: Date.now() - performance.timeOrigin - atMs, ...ticks })
  }
}

export function hostReadings(samples: readonly HostSample[]): readonly ValidityReading[] {
  if (samples.length < 2) return []
  const steal = mostStolenInAMinute(samples)
  const steps = samples.slice(1).map(({ offsetMs }, before) => Math.abs(offsetMs - samples[before]!.offsetMs))
  const step = Math.max(...steps)
  const percent = `${(steal * 100).toFixed(1)} %`
  return [
    { check: 'steal, worst minute', reading: percent, limit: `${stealMax * 100} %`, ok: steal <= stealMax },
    { check: 'clock step', reading: `${step.toFixed(0)} ms`, limit: `${stepMaxMs} ms`, ok: step <= stepMaxMs },
  ]
}

/** Of a watch that was shorter than a minute: of the whole. */
function mostStolenInAMinute(samples: readonly HostSample[]): number {
  let most = 0
  let from = 0
  for (const last of samples) {
    while (from + 1 < samples.length && last.atMs - samples[from + 1]!.atMs >= minuteMs) from++
    const first = samples[from]!
    const isWhole = last.atMs - first.atMs >= minuteMs || last === samples.at(-1)
    if (isWhole && last.all > first.all) most = Math.max(most, (last.stolen - first.stolen) / (last.all - first.all))
  }
  return most
}

/** `cpu  user nice system idle iowait irq softirq steal …` of /proc/stat; guests are counted as users. */
function readTicks(): Pick<HostSample, 'stolen' | 'all'> | null {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'latin1').split('\n', 1)
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number)
    return ticks.length === 8 ? { stolen: ticks[7]!, all: ticks.reduce((sum, each) => sum + each, 0) } : null
  } catch {
    return null
  }
}
