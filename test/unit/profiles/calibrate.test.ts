/**
 * The calibration: each kernel does what it says, what spreads is refused, and scores follow from the reference.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { kernels } from '../../../sim/profiles/calibrate/all-kernels.ts'
import { calibrate } from '../../../sim/profiles/calibrate/calibrate.ts'
import {
  type Calibration,
  readCalibration,
  scoresOf,
  unsteadyKernels,
} from '../../../sim/profiles/calibrate/calibration.ts'
import { fingerprint, isSameCpu } from '../../../sim/profiles/calibrate/fingerprint.ts'
import { crc, crcTable } from '../../../sim/profiles/calibrate/int-crc.ts'
import { type KernelName, kernelNames } from '../../../sim/profiles/calibrate/kernel.ts'
import {
  type KernelReading,
  measureKernels,
  medianUncertainty,
  quantile,
} from '../../../sim/profiles/calibrate/measure-kernel.ts'
import { randomRing } from '../../../sim/profiles/calibrate/mem-chase.ts'
import { reference } from '../../../sim/profiles/calibrate/reference.ts'
import { recordedMessages } from '../../../sim/profiles/calibrate/sip-loop.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { meridian } from '../../support/command-line.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()

function readings(change: (name: KernelName) => Partial<KernelReading>): Record<KernelName, KernelReading> {
  const one = (name: KernelName): KernelReading => ({
    operation: 'x',
    totalUs: reference.kernels[name].totalUs,
    userUs: 0,
    systemUs: reference.kernels[name].systemUs,
    spread: 0.01,
    uncertainty: 0.01,
    slices: 16,
    ...change(name),
  })
  return Object.fromEntries(kernelNames.map((name) => [name, one(name)])) as Record<KernelName, KernelReading>
}

describe('kernels', () => {
  it.each(kernelNames)('%s does its work and tells what one operation costs', async (name) => {
    const [reading] = await measureKernels([kernels[name]], { slices: 2, sliceMs: 15 })
    expect(reading!.totalUs).toBeGreaterThan(0)
    expect(reading!.userUs + reading!.systemUs).toBeGreaterThan(0)
    expect(reading!.operation).toMatch(/\w{3}/)
    expect(reading!.slices).toBeGreaterThanOrEqual(2)
    expect(reading!.slices).toBeLessThanOrEqual(8)
  })

  it('compute what they say: CRC-32, a ring through all places, messages that our parser takes', () => {
    const data = Buffer.from('nothing acknowledged is lost')
    expect(crc(crcTable(), data) >>> 0).toBe(crc32(data))
    const ring = randomRing(1_000)
    let at = 0
    const seen = new Set<number>()
    do {
      at = ring[at]!
      seen.add(at)
    } while (at !== 0)
    expect(seen.size).toBe(1_000)
    for (const bytes of recordedMessages()) expect(parseMessage(bytes)).toHaveProperty('message.maxForwards', 70)
  })

  it('go on until each is known, and no longer than patience lasts', async () => {
    const costs = [10, 10, 10, 10]
    const unsteady = [1, 100, 1, 100, 1, 100, 1, 100, 1, 100, 1, 100, 1, 100, 1, 100]
    const spending = (values: readonly number[]) => {
      let at = -2
      return {
        class: 'check' as const,
        operation: 'waits for so long',
        start: async () => ({
          // CPU time goes by however long it is; what varies is into how many operations it is divided.
          slice: async () => {
            const until = process.cpuUsage().user + 2_000
            while (process.cpuUsage().user < until);
            return 1_000 / values[Math.max(0, at++) % values.length]!
          },
          stop: async () => undefined,
        }),
      }
    }
    const [steady] = await measureKernels([spending(costs)], { slices: 4, sliceMs: 1 })
    const readings = await measureKernels([spending(costs), spending(unsteady)], { slices: 4, sliceMs: 1 })
    expect(steady!.slices).toBeGreaterThanOrEqual(4)
    expect(readings.map(({ slices }) => slices)).toEqual([16, 16])
    expect(readings[1]!.uncertainty).toBeGreaterThan(0.5)
  })

  it('have a median that is known by the ranks about it, and better the more slices there are', () => {
    const noisy = Array.from({ length: 64 }, (_, index) => 100 + ((index * 37) % 64))
    expect(medianUncertainty([5])).toBe(0)
    expect(medianUncertainty([1, 2, 3, 4])).toBeCloseTo(1.5 / 2.5)
    // 32 ± 7.84: from the 25th to the 41st of 64 values that are one apart.
    expect(medianUncertainty(noisy)).toBeCloseTo(8 / 131.5, 1)
    expect(medianUncertainty(noisy)).toBeLessThan(medianUncertainty(noisy.slice(0, 16)))
  })

  it('are judged by quantiles between neighbours', () => {
    expect([quantile([4, 1, 3, 2], 0.5), quantile([1, 2, 3], 1), quantile([5], 0.1)]).toEqual([2.5, 3, 5])
  })
})

describe('scores', () => {
  it('of the core that was read are those that tie it to the reference core', () => {
    const { general, kernel, asym, sym } = scoresOf(readings(() => ({})))
    const { scores } = reference
    expect([general, kernel, asym, sym]).toEqual([scores.general, scores.kernel, scores.asym, scores.sym])
  })

  it('are the geometric mean of both general kernels, the system time of echo-net, and full handshakes', () => {
    const halved: Partial<Record<KernelName, number>> = { 'sip-loop': 4, 'json-map': 1, 'tls-full': 0.5 }
    const changed = readings((name) => ({
      totalUs: reference.kernels[name].totalUs / (halved[name] ?? 1),
      systemUs: reference.kernels[name].systemUs / 3,
    }))
    const scores = scoresOf(changed)
    expect(scores.general / reference.scores.general).toBeCloseTo(2)
    expect(scores.kernel / reference.scores.kernel).toBeCloseTo(3)
    expect(scores.asym / reference.scores.asym).toBeCloseTo(0.5)
  })

  it('have a reference that says where it was read', () => {
    expect(reference.cpu).toContain('EPYC')
    expect(Date.parse(reference.at)).toBeGreaterThan(0)
    expect(reference.commit).toMatch(/^[0-9a-f]{7,}$/)
    for (const name of kernelNames) expect(reference.kernels[name].totalUs).toBeGreaterThan(0)
  })
})

describe('a calibration', () => {
  it('names the kernels whose median is not known to 7.5 %, if a score rests on them, whatever the spread', () => {
    const badly: readonly KernelName[] = ['mem-chase', 'echo-net']
    const known = (name: KernelName) => ({ spread: 0.4, uncertainty: badly.includes(name) ? 0.0751 : 0.075 })
    expect(unsteadyKernels(readings(known))).toEqual(['echo-net: ± 7.5 %'])
  })

  it('belongs to a processor under a runtime', () => {
    const here = fingerprint()
    expect(isSameCpu(here, { ...here, memoryMb: 1, cores: 99 })).toBe(true)
    expect(isSameCpu(here, { ...here, cpuId: 'another' })).toBe(false)
    expect(isSameCpu(here, { ...here, runtime: 'node v1' })).toBe(false)
  })

  it('is refused or marked where it is noisy, and read again as it was written', async () => {
    const cwd = newFolder()
    mkdirSync(cwd)
    // With slices this short the readings may spread or not; either way the two commands must agree with the file.
    const ran = await meridian(['sim', 'profiles', 'calibrate', '--slice', '10', '--accept-noise', '--json'], { cwd })
    const calibration = ran.json.result as unknown as Calibration
    expect([ran.code, ran.json.ok]).toEqual([calibration.steady ? 0 : 2, true])
    const read = readCalibration(join(cwd, 'calibration.json'))
    expect(read).toEqual({ ok: true, calibration })
    expect(calibration.steady).toBe(unsteadyKernels(calibration.kernels).length === 0)
    const refused = await calibrate({ nowMs: 0, commit: 'x', slices: 2, sliceMs: 10 })
    expect(refused.ok).toBe(refused.calibration?.steady)
    if (!refused.ok) expect(refused.message).toContain('--accept-noise')
    // Turns go on for as long as the machine is restless.
  }, 90_000)

  it('that is absent, cut short or of another shape is told with what to do', () => {
    const cwd = newFolder()
    mkdirSync(cwd)
    const file = join(cwd, 'calibration.json')
    const told = () => {
      const read = readCalibration(file)
      return read.ok ? 'ok' : read.message
    }
    expect(told()).toContain('there is no such file; run `meridian sim profiles calibrate`')
    writeFileSync(file, '{"schema": "meridian-calib')
    expect(told()).toContain('run `meridian sim profiles calibrate`')
    writeFileSync(file, '{"schema": "meridian-calibration/2"}')
    expect(told()).toContain('schema: ')
    expect(readFileSync(file, 'utf8')).toContain('/2')
  })

  it.each([
    ['--core', 'x'],
    ['--slice', '0'],
  ])('does not take %s %s', async (option, value) => {
    const ran = await meridian(['sim', 'profiles', 'calibrate', option, value], { cwd: '/' })
    expect([ran.code, ran.out]).toEqual([64, ''])
  })
})
