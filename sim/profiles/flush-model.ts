/**
 * How long a flush takes on a profile's disk, drawn one by one or as a distribution.
 *
 * `two-sync`: LMDB writes data pages, then its meta page, each synchronous: two times a seek and a part of a turn, and
 * of mirrored disks the slower. `log-normal`: by mean and p99. `as-found`: the disk as it is, nothing is added.
 */
import { Prng } from '../world/prng.ts'
import type { FlushModel } from './profile.ts'

export interface FlushFigures {
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** Milliseconds of one flush after the other; the same seed, the same times. */
export function flushTimes(model: FlushModel, seed: number): () => number {
  const random = new Prng(seed, 'flush')
  switch (model.dist) {
    case 'as-found':
      return () => 0
    case 'log-normal': {
      const { mu, sigma } = logNormalOf(model.mean, model.p99)
      return () => Math.exp(mu + sigma * normal(random))
    }
    case 'two-sync': {
      const { seek, rotation, mirror } = model
      const one = () => seek[0] + random.float() * (seek[1] - seek[0]) + random.float() * rotation
      const sync = mirror ? () => Math.max(one(), one()) : one
      return () => sync() + sync()
    }
  }
}

const drawn = 100_000

const known = new Map<string, FlushFigures>()

/** By simulation; known to about 0.3 %. Worked out once for each model. */
export function flushFigures(model: FlushModel): FlushFigures {
  const key = JSON.stringify(model)
  const figures = known.get(key) ?? simulated(model)
  known.set(key, figures)
  return figures
}

function simulated(model: FlushModel): FlushFigures {
  const draw = flushTimes(model, 1)
  const times = Float64Array.from({ length: model.dist === 'as-found' ? 1 : drawn }, draw).sort()
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))]!
  const sum = times.reduce((total, each) => total + each, 0)
  return { meanMs: sum / times.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) }
}

/** z of the 99th percentile. */
const z99 = 2.3263479

/** ln(p99 ÷ mean) = z·σ − σ²/2; the smaller of its two solutions. */
function logNormalOf(mean: number, p99: number): { mu: number; sigma: number } {
  const sigma = z99 - Math.sqrt(z99 * z99 - 2 * Math.log(p99 / mean))
  return { mu: Math.log(mean) - (sigma * sigma) / 2, sigma }
}

/** Box and Muller. */
function normal(random: Prng): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.float()))
  return radius * Math.cos(2 * Math.PI * random.float())
}
