/**
 * What the gate says: a line for each item that failed, how to repeat it, a table in Markdown for a page of the CI, and
 * one last line.
 */
import type { CounterFailure } from './baseline.ts'
import type { Judgement } from './judge-pairs.ts'

export interface GateResult {
  readonly baseCommit: string
  readonly countersChecked: number
  readonly counterFailures: readonly CounterFailure[]
  readonly times: readonly { readonly name: string; readonly judgement: Judgement }[]
  readonly seconds: number
}

export type GateOutcome = 'pass' | 'fail' | 'inconclusive'

export function outcomeOf({ counterFailures, times }: GateResult): GateOutcome {
  if (counterFailures.length > 0 || times.some(({ judgement }) => judgement.verdict === 'fail')) return 'fail'
  return times.some(({ judgement }) => judgement.verdict === 'inconclusive') ? 'inconclusive' : 'pass'
}

export function gateText(result: GateResult): string {
  const { baseCommit, counterFailures, times } = result
  const lines = counterFailures.map((failure) => `FAIL counter ${counterLine(failure)}`)
  for (const { name, judgement } of times) {
    const { verdict, reason, isFaster } = judgement
    if (verdict !== 'pass') {
      const word = verdict === 'fail' ? 'FAIL' : 'UNCLEAR'
      const repeat = `npm run bench -- --gate --base ${baseCommit.slice(0, 12)} --only ${name}`
      lines.push(`${word} time ${name}: ${reason}, ${change(judgement)}; repeat: ${repeat}`)
    } else if (isFaster) lines.push(`faster ${name}: ${change(judgement)}`)
  }
  return [...lines, lastLine(result)].join('\n')
}

export function gateMarkdown({ counterFailures, times, baseCommit }: GateResult): string {
  const rows = times.map(({ name, judgement }) => {
    const { summary, verdict } = judgement
    return `| ${name} | ${percent(summary.mean)} | ${interval(judgement)} | ${summary.pairs} | ${verdict} |`
  })
  const counters = counterFailures.map(
    ({ name, base, now }) => `| ${name} | ${base ?? 'none'} | ${now ?? 'none'} | | fail |`,
  )
  return [
    `Against ${baseCommit.slice(0, 12)}:`,
    '',
    '| item | change, or before | interval, or now | pairs | verdict |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...counters,
  ].join('\n')
}

function counterLine({ name, base, now, isBetter }: CounterFailure): string {
  const change = `${name}: ${base ?? 'not in the baseline'} → ${now ?? 'not counted any more'}`
  return isBetter
    ? `${change}; better: keep it with npm run bench -- --update-baseline --reason "…"`
    : `${change}; repeat: npm run bench -- --gate --only counters`
}

function lastLine({ countersChecked, counterFailures, times, seconds }: GateResult): string {
  const good = times.filter(({ judgement }) => judgement.verdict === 'pass').length
  const worst = times.toSorted((a, b) => b.judgement.summary.mean - a.judgement.summary.mean)[0]
  const told = worst ? ` (worst ${change(worst.judgement)} ${worst.name})` : ''
  const countersGood = countersChecked - counterFailures.length
  const time = `${Math.floor(seconds / 60)} m ${Math.round(seconds % 60)} s`
  return `gate: ${countersGood} of ${countersChecked} counters ok, ${good} of ${times.length} times ok${told}, ${time}`
}

function change(judgement: Judgement): string {
  return `${percent(judgement.summary.mean)} ${interval(judgement)}`
}

function interval({ summary: { lower, upper } }: Judgement): string {
  return `[${percent(lower)}, ${percent(upper)}]`
}

function percent(logRatio: number): string {
  if (!Number.isFinite(logRatio)) return 'unknown'
  const value = (Math.exp(logRatio) - 1) * 100
  return `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(1)} %`
}
