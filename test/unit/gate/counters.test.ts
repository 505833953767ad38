/**
 * Exact counters of the gate: what differs is told, better or worse, what is new or gone too; and the text that says
 * it.
 */
import { expect, test } from 'vitest'
import { type Baseline, compareCounters } from '../../../bench/gate/baseline.ts'
import { countAll } from '../../../bench/gate/count-all.ts'
import { type GateResult, gateMarkdown, gateText, outcomeOf } from '../../../bench/gate/gate-text.ts'
import { judge } from '../../../bench/gate/judge-pairs.ts'

const baseline: Baseline = {
  schema: 'meridian-baseline/1',
  tolerance: { allocated: 0.02 },
  counters: { notifies: 100, allocated: 1_000, gone: 1, hash: 'abc' },
  changes: [],
}

test('equal counters pass; one NOTIFY more, a new counter and a missing one fail', () => {
  expect(compareCounters(baseline, baseline.counters)).toEqual([])
  const now = { notifies: 101, allocated: 1_000, hash: 'abc', fresh: 2 }
  expect(compareCounters(baseline, now)).toEqual([
    { name: 'fresh', base: undefined, now: 2, isBetter: false },
    { name: 'gone', base: 1, now: undefined, isBetter: false },
    { name: 'notifies', base: 100, now: 101, isBetter: false },
  ])
})

test('a tolerance holds for its counter only; what got better must be kept', () => {
  const now = { ...baseline.counters, allocated: 1_020, notifies: 99 }
  expect(compareCounters(baseline, now)).toEqual([{ name: 'notifies', base: 100, now: 99, isBetter: true }])
  expect(compareCounters(baseline, { ...baseline.counters, allocated: 1_021 })).toHaveLength(1)
})

const slower = judge(Array.from({ length: 24 }, (_, index) => 0.05 + (index % 5) / 1_000))
const same = judge(Array.from({ length: 16 }, (_, index) => (index % 5) / 1_000 - 0.002))

function result(change: Partial<GateResult>): GateResult {
  const times = [{ name: 'relay', judgement: same }]
  return { baseCommit: 'abcdef0123456789', countersChecked: 4, counterFailures: [], times, seconds: 372, ...change }
}

test('the last line tells all, and failures say how to repeat them', () => {
  expect(gateText(result({}))).toMatch(
    /^gate: 4 of 4 counters ok, 1 of 1 times ok \(worst [+−]0\.0 % .* relay\), 6 m 12 s$/,
  )
  const failed = result({
    counterFailures: [{ name: 'notifies', base: 100, now: 101, isBetter: false }],
    times: [{ name: 'notify', judgement: slower }],
  })
  const lines = gateText(failed).split('\n')
  expect(lines[0]).toBe('FAIL counter notifies: 100 → 101; repeat: npm run bench -- --gate --only counters')
  expect(lines[1]).toMatch(
    /^FAIL time notify: slower, \+5\.\d % \[.*npm run bench -- --gate --base abcdef012345 --only/,
  )
  expect(outcomeOf(failed)).toBe('fail')
  expect(gateMarkdown(failed)).toContain('| notify | +5.')
})

test('the same commit counts the same twice', { timeout: 180_000 }, async () => {
  const counters = await countAll(() => {})
  expect(compareCounters({ ...baseline, tolerance: {}, counters }, await countAll(() => {}))).toEqual([])
  expect(counters['presence 1 sent NOTIFY']).toBeGreaterThan(10)
})
