/**
 * The verdict: its grammar, when it is which word, what makes a report invalid, and that the same input makes the same
 * bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { toJsonSchema } from '@valibot/to-json-schema'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import { canonicalJson } from '../../../sim/report/canonical-json.ts'
import { judge } from '../../../sim/report/judge.ts'
import { levelsFor } from '../../../sim/report/levels.ts'
import { reportSchema } from '../../../sim/report/report.ts'
import { summarise } from '../../../sim/report/summary.ts'
import {
  calibrationOf,
  judgeInput,
  levelRecord,
  machine,
  nowMs,
  profileNamed,
  runRecord,
} from '../../support/run-records.ts'

const word = '(fits|borderline|does-not-fit)'
const about = String.raw`\d+ users on [a-z0-9-]+ \([a-z-]+, K=[\d.]+, lists (on|off), seed \d+\)`
const room = String.raw`headroom -?\d+ % \[-?\d+…-?\d+\]`
const most = String.raw`(limit ≈ \d+ users \[\d+…\d+\]|limit not found)`
const grammar = new RegExp(
  `^VERDICT ${word}: ${about}: limited by [\\w -]+, ${room}, ${most} \\((measured|emulated|projected)\\)$`,
)

const fitting = judge(judgeInput())
const server = runRecord().server!
const withServer = (change: Partial<typeof server>) => runRecord({ server: { ...server, ...change } })
const wordOf = (run: ReturnType<typeof runRecord>) => judge(judgeInput({ runs: { only: run } })).verdict.word

describe('the verdict line', () => {
  it('is said in one grammar', () => {
    expect(fitting.verdict.sentence).toMatch(grammar)
    expect(fitting.verdict.sentence).toBe(
      'VERDICT fits: 10000 users on lcs2003-home (steady-hour, K=16, lists on, seed 7): limited by memory, ' +
        'headroom 53 % [47…53], limit ≈ 25100 users [18700…25100] (projected)',
    )
  })

  it('keeps to it whatever was used', () => {
    const micros = fc.integer({ min: 0, max: 6e8 })
    fc.assert(
      fc.property(micros, micros, fc.integer({ min: 1, max: 4e9 }), (cpuUserUs, cpuSystemUs, residentMaxBytes) => {
        const run = { ...withServer({ cpuUserUs, cpuSystemUs, residentMaxBytes }), series: [], levels: [] }
        expect(judge(judgeInput({ runs: { only: run } })).verdict.sentence).toMatch(grammar)
      }),
      { numRuns: 30, endOnFailure: true },
    )
  })

  it('of an invalid run names the reasons and claims nothing', () => {
    const report = judge(judgeInput({ runs: { only: runRecord({ quick: true }) } }))
    expect(report.verdict.sentence).toMatch(
      new RegExp(`^VERDICT INVALID: ${about}: full preset quick form \\(limit yes\\)$`),
    )
  })
})

describe('the word', () => {
  // 600 s, two CPUs: at the middle 32·0.74 for user time, so 30 s of it are 59 % of them and at the high end 107 %.
  it.each([
    ['fits', 7e6, 'also at the high conversion'],
    ['borderline', 25e6, 'at the middle conversion only'],
    ['does-not-fit', 60e6, 'not even there'],
  ] as const)('is %s with %d µs of user time: %s', (expected, cpuUserUs, _) => {
    expect(wordOf(withServer({ cpuUserUs, cpuSystemUs: 0 }))).toBe(expected)
  })

  it('is does-not-fit when one level is missed, and the level is named', () => {
    const levels = runRecord().levels.map((level) => (level.id === 'D3' ? levelRecord('D3', 400, 34_980) : level))
    const { verdict } = judge(judgeInput({ runs: { only: runRecord({ levels }) } }))
    expect([verdict.word, verdict.limitedBy, verdict.limit]).toEqual(['does-not-fit', 'message', null])
  })

  it('is does-not-fit when more fail than may', () => {
    const failing = (failures: number) =>
      runRecord().levels.map((level) =>
        level.id === 'D3' ? { ...level, failures, causes: { '503': failures } } : level,
      )
    expect(wordOf(runRecord({ levels: failing(3) }))).toBe('fits')
    expect(wordOf(runRecord({ levels: failing(4) }))).toBe('does-not-fit')
  })

  it.each(['lost', 'duplicates', 'stale', 'misordered', 'unauthorised', 'notConverged', 'neverSent'] as const)(
    'is does-not-fit with one %s, however fast it was',
    (kind) => {
      const correctness = { ...runRecord().correctness, [kind]: 1, examples: ['alice to bob, number 7'] }
      const report = judge(judgeInput({ runs: { only: runRecord({ correctness }) } }))
      expect([report.verdict.word, report.verdict.limitedBy]).toEqual(['does-not-fit', 'correctness'])
    },
  )

  it('is untouched by duplicates of the excepted case', () => {
    expect(wordOf(runRecord({ correctness: { ...runRecord().correctness, excepted: 3 } }))).toBe('fits')
  })

  it.each([
    ['memory with nobody signed in', { residentBaseBytes: 300 * 2 ** 20, residentBytes: 400 * 2 ** 20 }],
    ['memory of a device', { residentBytes: 1_300e6, residentMaxBytes: 1_300e6 }],
    ['disk of a user', { storeBytes: 90e6 }],
  ])('is does-not-fit over the budget of %s', (_, change) => {
    expect(wordOf(withServer(change))).toBe('does-not-fit')
  })

  it('leaves the pages of the store out of the budgets of memory: they are the kernel’s to take back', () => {
    const mapped = { storeMappedBaseBytes: 60 * 2 ** 20, storeMappedBytes: 60 * 2 ** 20 }
    expect(wordOf(withServer({ residentBaseBytes: 300 * 2 ** 20, ...mapped }))).toBe('fits')
    expect(wordOf(withServer({ residentBaseBytes: 311 * 2 ** 20, ...mapped }))).toBe('does-not-fit')
  })

  it('leaves what the server takes with nobody signed in out of the straight line to the limit', () => {
    const limitOf = (run: RunRecord) => judge(judgeInput({ runs: { only: run } })).verdict.limit!.mid
    // All of its use is the processors': half of it is there with nobody signed in.
    const busy = { residentMaxBytes: 1, residentBytes: 1, residentBaseBytes: 1, commits: 0, threads: [] }
    const [cpuUserUs, cpuSystemUs] = [server.cpuUserUs, server.cpuSystemUs]
    const idle = { seconds: 600, cpuUserUs: cpuUserUs / 2, cpuSystemUs: cpuSystemUs / 2 }
    const without = withServer({ ...busy, cpuUserUs, cpuSystemUs })
    const use = judge(judgeInput({ runs: { only: without } })).resources.find(({ id }) => id === 'cpu')!.use.mid
    expect(limitOf(without)).toBeCloseTo((10_000 * 0.7) / use, 3)
    expect(limitOf(withServer({ ...busy, idle }))).toBeCloseTo((10_000 * (0.7 - use / 2)) / (use / 2), 3)
  })

  it('on this machine is never borderline: there is one conversion', () => {
    const profile = profileNamed('this-machine')
    for (const cpuUserUs of [7e6, 400e6, 800e6, 1_100e6]) {
      const run = withServer({ cpuUserUs, residentMaxBytes: 1, residentBytes: 1, residentBaseBytes: 1 })
      const report = judge(judgeInput({ runs: { only: run }, profile, calibration: null }))
      expect(['fits', 'does-not-fit']).toContain(report.verdict.word)
      expect(report.conversion.mix).toEqual({ low: 1, mid: 1, high: 1 })
    }
  })

  it('takes latencies at each conversion from its own run', () => {
    const slow = runRecord({
      label: 'emulated',
      levels: runRecord().levels.map((level) => (level.id === 'D3' ? levelRecord('D3', 400, 34_980) : level)),
    })
    const fast = runRecord({ label: 'emulated' })
    const words = (runs: Parameters<typeof judge>[0]['runs']) => judge(judgeInput({ runs })).verdict.word
    expect(words({ low: fast, mid: fast, high: fast })).toBe('fits')
    expect(words({ low: fast, mid: fast, high: slow })).toBe('borderline')
    expect(words({ low: fast, mid: slow, high: slow })).toBe('does-not-fit')
  })
})

describe('a report is invalid', () => {
  const reasons = (change: Parameters<typeof judgeInput>[0]) =>
    judge(judgeInput(change))
      .validity.filter(({ ok }) => !ok)
      .map(({ check }) => check)

  it.each([
    ['without a calibration', { calibration: null }, 'calibration'],
    ['with one of 31 days ago', { nowMs: nowMs + 30 * 86_400_000 }, 'calibration: age'],
    ['with one of another CPU', { machine: { ...machine, cpuId: 'x' } }, 'calibration: processor and runtime'],
    ['with an unsteady one', { calibration: calibrationOf({ steady: false }) }, 'calibration: steady'],
    ['when it ended early', { runs: { only: runRecord({ endedEarly: 'the server died' }) } }, 'whole run'],
    ['in its quick form', { runs: { only: runRecord({ quick: true }) } }, 'full preset'],
    [
      'with few samples of what is promised',
      { runs: { only: runRecord({ levels: [levelRecord('D5', 255, 9_999)] }) } },
      'samples of D5',
    ],
    [
      'when it was the generator that was measured',
      { validity: [{ check: 'generator: sent late, 99 %', reading: '11 ms', limit: '10 ms', ok: false }] },
      'generator: sent late, 99 %',
    ],
    [
      'when the load was not that of the plan',
      { runs: { only: runRecord({ rates: [{ id: 'notify', plannedPerSecond: 189, seenPerSecond: 174 }] }) } },
      'rate of notify against the plan',
    ],
  ] as const)('%s', (_, change, check) => expect(reasons(change)).toEqual([check]))

  it('when the window was not steady', () => {
    const rising = { id: 'server.cpu', unit: 'cores', t0Ms: 0, stepMs: 1_000 }
    const values = Array.from({ length: 900 }, (__, at) => 0.02 + at * 0.00001)
    const run = runRecord({ series: [{ ...rising, values }] })
    expect(reasons({ runs: { only: run } })).toEqual(['steady: CPU over the window'])
    expect(reasons({ runs: { only: { ...run, preset: 'morning' } } })).toEqual([])
  })

  it('and not when a rate is off by no more than chance: states are told to sixteen at once', () => {
    const rateOf = (id: 'notify' | 'register', part: number) => {
      const run = runRecord({ rates: [{ id, plannedPerSecond: 189, seenPerSecond: 189 * part }] })
      return reasons({ runs: { only: run } })
    }
    expect(rateOf('notify', 0.95)).toEqual([])
    expect(rateOf('register', 0.95)).toEqual(['rate of register against the plan'])
  })

  it('and not when nothing is wrong', () => expect(reasons({})).toEqual([]))
})

describe('levels', () => {
  const limitOf = (preset: string, profile: string, id: string) =>
    levelsFor(preset, profile).find((level) => level.id === id)!.limitMs

  it('are wider in the morning and on the machine of 2003', () => {
    expect([limitOf('steady-hour', 'pi-5', 'D2').p99, limitOf('morning', 'pi-5', 'D2').p99]).toEqual([4_000, 8_000])
    expect([limitOf('steady-hour', 'pi-5', 'D5').p99, limitOf('morning', 'pi-5', 'D5').p99]).toEqual([1_000, 2_000])
    expect([limitOf('restart-storm', 'pi-5', 'D8').max, limitOf('restart-storm', 'lcs2003-small', 'D8').max]).toEqual([
      2_000, 20_000,
    ])
    expect([limitOf('restart-storm', 'pi-5', 'D9').max, limitOf('restart-storm', 'lcs2003-home', 'D9').max]).toEqual([
      90_000, 300_000,
    ])
  })

  it('judge no p99 of fewer than a thousand, and say so', () => {
    const levels = [levelRecord('D1', 4, 999), levelRecord('D3', 3, 20_000)]
    const report = judge(judgeInput({ runs: { only: runRecord({ levels }) } }))
    expect(report.levels.map(({ id, p99Judged }) => [id, p99Judged])).toEqual([
      ['D1', false],
      ['D3', true],
    ])
    expect(summarise(report)).toContain('ok (too few for p99)')
  })
})

describe('labels', () => {
  it('are the weakest of what a figure was made of', () => {
    const profile = profileNamed('this-machine')
    const big = { ...profile, memory: { total_mb: 8_192, reserved_mb: 0 } }
    const limit = { low: 30_000, mid: 30_000, high: 30_000 }
    const here = judge(judgeInput({ profile: big, calibration: null, limit }))
    expect([here.label, here.verdict.label, here.verdict.limit?.how]).toEqual(['measured', 'measured', 'searched'])
    expect(judge(judgeInput({ profile: big, calibration: null })).verdict.label).toBe('projected')
    expect(fitting.resources.map(({ id, label }) => `${id} ${label}`)).toEqual([
      'cpu projected',
      'thread projected',
      'memory measured',
      'disk projected',
      'link measured',
    ])
  })

  it('of latencies that were not throttled are told in a warning and in the paragraph', () => {
    expect(fitting.warnings[0]).toContain('not of lcs2003-home: it was not throttled')
    expect(fitting.verdict.paragraph).toContain('which was not throttled')
  })

  it('are a home’s, and a report on the profile of a front end says so first, on the terminal too', () => {
    const report = judge(judgeInput({ profile: profileNamed('lcs2003-front-end') }))
    expect(report.warnings[0]).toContain('a home’s capacity on that machine, not a front end’s')
    expect(summarise(report)).toContain('not a front end’s')
    expect(fitting.warnings).not.toContainEqual(expect.stringContaining('front end'))
  })
})

describe('the use of the processors', () => {
  it('takes the asymmetric part of handshakes out of the user time', () => {
    const run = runRecord({ operations: [{ id: 'handshake', count: 6_000, bytesIn: 0, bytesOut: 0 }] })
    const { conversion } = judge(judgeInput({ runs: { only: run } }))
    expect(conversion.cost.asymmetric).toBeCloseTo((6_000 * 112e-6) / 600, 6)
    expect(conversion.mix.mid).toBeGreaterThan(fitting.conversion.mix.mid)
  })

  it('goes by real seconds where the model ran faster', () => {
    const report = judge(judgeInput({ runs: { only: runRecord({ speed: 4 }) } }))
    expect(report.resources[0]!.use.mid / fitting.resources[0]!.use.mid).toBeCloseTo(4)
  })

  it('is unknown of a server that cannot be looked into', () => {
    const { server: _, ...run } = runRecord()
    const report = judge(judgeInput({ runs: { only: run } }))
    expect(report.resources.map(({ id }) => id)).toEqual(['link'])
    expect(report.warnings).toContainEqual(expect.stringContaining('was not looked into'))
  })
})

describe('report.json', () => {
  it('is the same bytes for the same input, with one date inside', () => {
    const text = canonicalJson(judge(judgeInput()))
    expect(canonicalJson(judge(judgeInput()))).toBe(text)
    const later = canonicalJson(judge(judgeInput({ nowMs: nowMs + 1_000 })))
    const before = text.split('\n')
    const differing = later.split('\n').filter((line, index) => line !== before[index])
    expect(differing).toEqual([' "generatedAt": "2026-11-26T12:00:01.000Z",'])
  })

  it('has sorted keys and numbers of nine digits', () => {
    expect(canonicalJson({ b: 1 / 3, a: [Number.NaN, undefined], c: undefined })).toBe(
      '{\n "a": [\n  null,\n  null\n ],\n "b": 0.333333333\n}\n',
    )
  })

  it('is what its schema says, and the schema file is made from the validator', () => {
    expect(v.safeParse(reportSchema, JSON.parse(canonicalJson(fitting)))).toMatchObject({ success: true })
    const schema = toJsonSchema(reportSchema, { target: 'draft-2020-12', typeMode: 'input' })
    const made = `${JSON.stringify({ title: 'Capacity report of Meridian', ...schema }, null, 2)}\n`
    if (process.env.UPDATE_DOCS) writeFileSync('docs/report.schema.json', made)
    expect(
      readFileSync('docs/report.schema.json', 'utf8') === made,
      'UPDATE_DOCS=1 npx vitest run test/unit/report',
    ).toBe(true)
  })
})

describe('the terminal summary', () => {
  it('has the verdict first and at most 25 lines', () => {
    const lines = summarise(fitting, ['report.html', 'report.json']).split('\n')
    expect(lines[0]).toBe(fitting.verdict.sentence)
    expect(lines.length).toBeLessThanOrEqual(25)
    expect(lines.at(-1)).toContain('report.html report.json')
    const manyWarnings = judge(judgeInput({ warnings: Array.from({ length: 40 }, (_, at) => `warning ${at}`) }))
    expect(summarise(manyWarnings).split('\n')).toHaveLength(25)
  })

  it('shows counts of zero', () => {
    expect(summarise(fitting)).toContain('lost 0  duplicate 0 (excepted 0)  stale 0  misordered 0')
  })
})
