/**
 * What a report says of a load that was tried on the way to the limit, and what a run in virtual time took on the
 * reference core.
 */
import { describe, expect, test } from 'vitest'
import { referenceScores } from '../../../sim/profiles/convert.ts'
import { bounds } from '../../../sim/profiles/range-of-three.ts'
import { judge } from '../../../sim/report/judge.ts'
import { conversionOf, resourceUse } from '../../../sim/report/resource-use.ts'
import { probeResult } from '../../../sim/report-run/probe-result.ts'
import { onReferenceCore } from '../../../sim/report-run/virtual-load.ts'
import { judgeInput, profileNamed, runRecord } from '../../support/run-records.ts'

const profile = profileNamed('lcs2003-home')

describe('a load that was tried', () => {
  test('passes where everything holds, and says how full each resource was', () => {
    const found = probeResult(judge(judgeInput({ runs: { only: runRecord() } })), 'mid')
    expect(found).toMatchObject({ passes: true, unsteady: false, failing: [] })
    expect(found.use.cpu!.use).toBeGreaterThan(0)
    expect(found.use.cpu!.target).toBe(profile.limits.cpu_target)
  })

  test('fails by what was lost, at every bound', () => {
    const record = runRecord()
    const lossy = { ...record, correctness: { ...record.correctness, lost: 1 } }
    const report = judge(judgeInput({ runs: { only: lossy } }))
    for (const bound of bounds) expect(probeResult(report, bound).failing).toEqual(['correctness'])
  })

  test('can pass at the middle and fail at the high conversion', () => {
    const record = runRecord()
    const { cpu } = probeResult(judge(judgeInput({ runs: { only: record } })), 'mid').use
    const grow = (cpu!.target / cpu!.use) * 0.9
    const server = {
      ...record.server!,
      cpuUserUs: record.server!.cpuUserUs * grow,
      cpuSystemUs: record.server!.cpuSystemUs * grow,
    }
    const report = judge(judgeInput({ runs: { only: { ...record, server } } }))
    expect(probeResult(report, 'mid').failing).not.toContain('cpu')
    expect(probeResult(report, 'high').failing).toContain('cpu')
  })

  test('proves nothing where the generator was the limit, but a fail stays a fail', () => {
    const record = runRecord()
    const late = { check: 'generator: sent late, 99 %', reading: '40 ms', limit: '10 ms', ok: false }
    const tired = { ...record, validity: [...record.validity, late] }
    const lossy = { ...tired, correctness: { ...record.correctness, lost: 1 } }
    const resultOf = (run: typeof tired) => probeResult(judge(judgeInput({ runs: { only: run } })), 'mid')
    expect(resultOf(tired)).toMatchObject({ passes: true, unsteady: true })
    expect(resultOf(lossy)).toMatchObject({ passes: false, unsteady: false })
  })
})

test('a virtual run is converted to the profile once: the report finds the time that the run took there', () => {
  for (const bound of bounds) {
    const base = runRecord()
    const virtual = { ...base, driver: 'virtual' as const, label: 'projected' as const }
    const onCore = onReferenceCore(virtual, profile, bound)
    const conversion = conversionOf({ ...onCore, operations: [] }, profile, null)
    expect(conversion.scores).toEqual(referenceScores)
    const cpu = resourceUse(onCore, profile, conversion).find(({ id }) => id === 'cpu')!
    const seconds = base.windows.measureMs / 1_000
    const took = (base.server!.cpuUserUs + base.server!.cpuSystemUs) / 1e6 / seconds / profile.cpu.count
    expect(cpu.use[bound]).toBeCloseTo(took, 6)
  }
})
