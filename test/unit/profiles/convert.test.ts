/**
 * The conversion to a Pentium 4 and the disk of 2003, against the numbers that were computed for them on paper.
 */
import { describe, expect, it } from 'vitest'
import {
  commitsPerSecond,
  convertCost,
  cpuUse,
  diskUse,
  mixFactor,
  referenceScores,
} from '../../../sim/profiles/convert.ts'
import { flushFigures, flushTimes } from '../../../sim/profiles/flush-model.ts'
import { loadProfile } from '../../../sim/profiles/load-profile.ts'
import type { Factors, Profile } from '../../../sim/profiles/profile.ts'
import type { ByBound } from '../../../sim/profiles/range-of-three.ts'

function profileOf(name: string): Profile {
  const loaded = loadProfile(name, '/')
  if (!loaded.ok) throw new Error(name)
  return loaded.profile
}

const home = profileOf('lcs2003-home')
const factors = home.cpu.factors as Factors
const rounded = ({ low, mid, high }: ByBound, digits = 0) =>
  [low, mid, high].map((each) => Number(each.toFixed(digits)))
const plain = (user: number, system: number) => ({ user, system, asymmetric: 0, symmetric: 0 })

describe('the conversion', () => {
  it('of half user and half system time is 10.5, 19 or 35 times', () => {
    expect(rounded(mixFactor(plain(1, 1), factors, referenceScores), 1)).toEqual([10.5, 19, 35])
  })

  // Planning figures: milliseconds of the reference core in a second at 10,000 users, and the use of two Pentium 4.
  it.each([
    ['K = 16', 13.3, 11.2, [14, 25, 45]],
    ['K = 16, lists', 10.8, 9.5, [11, 20, 37]],
    ['K = 24, lists', 12.4, 10.8, [13, 23, 42]],
    ['K = 50', 25.7, 20.8, [26, 47, 87]],
    ['K = 50, lists', 17.6, 15.1, [18, 33, 60]],
  ])('makes of %s the use on paper', (_, userMs, systemMs, percent) => {
    const use = cpuUse(plain(userMs / 1_000, systemMs / 1_000), home, factors, referenceScores)
    expect(rounded({ low: use.low * 100, mid: use.mid * 100, high: use.high * 100 })).toEqual(percent)
  })

  it('takes cryptography out of the user time and converts it by its own factors', () => {
    const cost = { user: 100, system: 0, asymmetric: 60, symmetric: 10 }
    expect(convertCost(cost, factors, referenceScores)).toEqual({
      low: 18 * 30 + 100 * 60 + 30 * 10,
      mid: 32 * 30 + 150 * 60 + 57 * 10,
      high: 58 * 30 + 400 * 60 + 60 * 10,
    })
  })

  it('counts twice on a machine twice as fast as the reference', () => {
    const twice = { general: 2, kernel: 2, asym: 2, sym: 2 }
    const { mid } = convertCost(plain(1, 1), factors, twice)
    expect(mid).toBe(2 * convertCost(plain(1, 1), factors, referenceScores).mid)
  })

  it('of nothing is a factor of one', () => {
    expect(mixFactor(plain(0, 0), factors, referenceScores)).toEqual({ low: 1, mid: 1, high: 1 })
  })
})

describe('commits', () => {
  // Writes per second → commits per second at a flush of 0.2, 10 and 18 ms.
  it.each([
    [18.2, [18.2, 17.9, 17.3]],
    [14.7, [14.7, 14.5, 14.2]],
    [25.1, [25.1, 24.4, 23.1]],
    [30.7, [30.7, 29.4, 27.2]],
    [48.7, [48.7, 44.2, 37.7]],
  ])('of %d writes per second are gathered by the flush time', (writes, expected) => {
    for (const [index, flushMs] of [0.2, 10, 18].entries())
      expect(Math.abs(commitsPerSecond(writes, flushMs) - expected[index]!)).toBeLessThan(0.11)
  })

  it('are none without writes, and never more than the disk can do', () => {
    expect(commitsPerSecond(0, 10)).toBe(0)
    expect(commitsPerSecond(1e6, 10)).toBeCloseTo(100)
    expect(diskUse(50, 10)).toEqual({ use: 0.5, mostPerSecond: 100 })
  })
})

describe('the flush of a disk', () => {
  const near = (found: number, expected: number, part = 0.01) =>
    expect(Math.abs(found / expected - 1)).toBeLessThan(part)

  it('of lcs2003-home takes 11.2 ms, p50 11.3, p95 14.4, p99 15.3: at most 89 a second', () => {
    const { meanMs, p50Ms, p95Ms, p99Ms } = flushFigures(home.disk.flush_ms)
    near(meanMs, 11.2)
    near(p50Ms, 11.3)
    near(p95Ms, 14.4)
    near(p99Ms, 15.3)
    expect(Math.floor(diskUse(0, meanMs).mostPerSecond)).toBe(89)
  })

  it('takes 19.0 ms there with full strokes: 53 a second', () => {
    const { meanMs } = flushFigures(home.disk.worst_flush_ms!)
    near(meanMs, 19)
    expect(Math.round(diskUse(0, meanMs).mostPerSecond)).toBe(53)
  })

  it.each([
    ['lcs2003-small', 13.3],
    ['box-2005', 7.8],
    ['lync2010-fe', 0.5],
    ['cloud-small', 2],
    ['pi-4', 25],
    ['pi-5', 1],
    ['server-16', 0.2],
  ])('of %s takes %d ms in the mean', (name, meanMs) => {
    near(flushFigures(profileOf(name).disk.flush_ms).meanMs, meanMs, 0.02)
  })

  it('of an SD card has the tail that the profile says', () => {
    near(flushFigures(profileOf('pi-4').disk.flush_ms).p99Ms, 200, 0.06)
  })

  it('is drawn by the seed, and not delayed where it is as found', () => {
    const some = (seed: number) => Array.from({ length: 5 }, flushTimes(home.disk.flush_ms, seed))
    expect(some(7)).toEqual(some(7))
    expect(some(7)).not.toEqual(some(8))
    expect(flushFigures({ dist: 'as-found' }).meanMs).toBe(0)
  })
})
