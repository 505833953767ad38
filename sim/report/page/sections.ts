/**
 * The parts of the page about what was seen: levels, resources, operations, users, correctness.
 */
import type { Report, ReportLevel, ReportResource } from '../report.ts'
import { milliseconds, percent, quantity } from '../summary.ts'
import { grouped } from '../verdict.ts'
import { howApportioned } from '../work.ts'
import { html, type Markup, table } from './markup.ts'

export const right = (head: string) => ({ head, isNumber: true })

export function yes(ok: boolean, otherwise = 'does not hold'): Markup {
  return ok ? html`<span class="good">ok</span>` : html`<span class="bad">${otherwise}</span>`
}

export function levelTable({ levels }: Report): Markup {
  const columns = [
    { head: 'level' },
    right('p50'),
    right('p95'),
    right('p99'),
    right('largest'),
    right('failures of all'),
    { head: 'holds' },
  ]
  const isSeveral = levels.some(({ bound }) => bound !== 'only')
  const rows = levels.map((level) => [
    html`${level.name}${isSeveral ? ` (${level.bound})` : ''}<br>
<small class="soft">${level.what}; ${level.label}</small>`,
    latencyCell(level, 'p50'),
    latencyCell(level, 'p95'),
    latencyCell(level, 'p99'),
    latencyCell(level, 'max'),
    failureCell(level),
    yes(level.ok),
  ])
  return table('Seen, and below it the limit', columns, rows)
}

function latencyCell({ seenMs, limitMs, p99Judged }: ReportLevel, kind: keyof ReportLevel['seenMs']): Markup {
  const [seen, limit] = [seenMs[kind], limitMs[kind]]
  const few = kind === 'p99' && limit !== null && !p99Judged
  const below = limit === null ? 'no limit' : few ? 'too few to judge' : `of ${milliseconds(limit)}`
  return html`${seen === null ? '–' : milliseconds(seen)}<br><small class="soft">${below}</small>`
}

function failureCell({ failures, count, causes }: ReportLevel): Markup {
  const why = Object.entries(causes).map(([cause, times]) => `${cause}: ${times}`)
  const below = why.length > 0 ? html`<br><small class="soft">${why.join(', ')}</small>` : null
  return html`${grouped(failures)} of ${grouped(count + failures)}${below}`
}

export function resourceTable({ resources, conversion }: Report): Markup {
  if (resources.length === 0) return html`<p>The server was not looked into.</p>`
  const columns = [
    { head: 'resource' },
    { head: 'use and target' },
    right('low'),
    right('middle'),
    right('high'),
    right('target'),
    { head: 'holds' },
  ]
  const rows = resources.map((each) => [
    html`${each.name}<br><small class="soft">${each.detail}; ${each.label}</small>`,
    bar(each),
    `${percent(each.use.low)} %`,
    `${percent(each.use.mid)} %`,
    `${percent(each.use.high)} %`,
    `${percent(each.target)} %`,
    yes(each.use.high <= each.target, each.use.mid <= each.target ? 'not at high' : 'over'),
  ])
  const { mix, origin } = conversion
  const factor = (value: number) => String(Number(value.toPrecision(3)))
  return html`${table('Use of the profile’s resources', columns, rows)}
<p>One second of this load on this machine’s core takes
${factor(mix.low)}, ${factor(mix.mid)} or ${factor(mix.high)} seconds on one of
the profile’s (low, middle, high; factors ${origin}).</p>`
}

/** The figures stand beside it; it adds nothing for who does not see it. */
function bar({ use, target }: ReportResource): Markup {
  const width = (part: number) => `${Math.min(100, Math.round(part * 1000) / 10)}%`
  return html`<div class="bar" aria-hidden="true">
<i style="width:${width(use.mid)}"></i><b style="left:${width(target)}"></b></div>`
}

export function budgetTable({ budgets }: Report): Markup | null {
  if (budgets.length === 0) return null
  const rows = budgets.map(({ name, reading, limit, unit, label, ok }) => [
    name,
    quantity(reading, unit),
    quantity(limit, unit),
    label,
    yes(ok),
  ])
  return table('Budgets', [{ head: 'budget' }, right('seen'), right('limit'), { head: 'is' }, { head: 'holds' }], rows)
}

export function operationTable(report: Report): Markup {
  const { operations, run } = report
  const columns = [
    { head: 'operation' },
    right('count'),
    right('a second'),
    right('planned'),
    right('a user and hour'),
    right('bytes in'),
    right('bytes out'),
  ]
  const shown = operations.filter(({ count }) => count > 0)
  const rows = shown.map(({ id, count, perSecond, plannedPerSecond, perUserHour, bytesIn, bytesOut }) => [
    id,
    grouped(count),
    digits(perSecond),
    plannedPerSecond === null ? '–' : digits(plannedPerSecond),
    digits(perUserHour),
    quantity(bytesIn, 'B'),
    quantity(bytesOut, 'B'),
  ])
  return html`${table('In the measured window, at the server', columns, rows)}
<p class="soft">Counts are ${run.driver === 'virtual' ? 'projected' : 'measured'}.</p>
${processorTable(report)}`
}

/** Beside the other, on paper, it would not fit. */
function processorTable({ operations, conversion, profile }: Report): Markup {
  const rows = operations.flatMap(({ id, cpuUserUs, cpuSystemUs, cpuShare, profileMs }) => {
    if (cpuUserUs === null || cpuSystemUs === null || cpuShare === null || profileMs === null) return []
    const { low, mid, high } = profileMs
    return [
      [id, digits(cpuUserUs), digits(cpuSystemUs), `${percent(cpuShare)} %`, [low, mid, high].map(digits).join(' / ')],
    ]
  })
  if (rows.length === 0)
    return html`<p class="soft">Processor time is not told apart by operation: the server does not say what its time
goes to.</p>`
  const columns = [
    { head: 'operation' },
    right('user µs'),
    right('system µs'),
    right('of the server’s time'),
    right('ms on the profile'),
  ]
  return html`${table(`Processor time of one operation, and on ${profile.name} at low, middle and high`, columns, rows)}
<p class="soft">Processor time is apportioned: ${howApportioned}; ${conversion.reading}.</p>`
}

export function perUser({ perUser: all }: Report): Markup {
  const rows = all.map(({ name, value, unit, label }) => [name, quantity(value, unit), label])
  return table('Of one user', [{ head: 'cost' }, right('value'), { head: 'is' }], rows)
}

const nothingWrong = ': nothing was lost, doubled, out of order, stale or shown to the wrong one.'

export function correctness({ correctness: found }: Report): Markup {
  const counts = [
    ['messages lost', found.lost],
    ['duplicates', found.duplicates],
    ['duplicates of the documented excepted case', found.excepted],
    ['older presence after newer', found.stale],
    ['messages out of order', found.misordered],
    ['shown to whom it is forbidden', found.unauthorised],
    ['watchers that never saw the newest', found.notConverged],
    ['received but never sent', found.neverSent],
    ['checked in all', found.checked],
  ] as const
  const rows = counts.map(([name, count]) => [name, grouped(count)])
  const examples = found.examples.map((each) => html`<li>${each}</li>`)
  return html`${table('Violations found by checking every delivery', [{ head: 'what' }, right('count')], rows)}
<p>${yes(found.ok, 'violated')}${found.ok ? nothingWrong : ': the first of them'}</p>
${examples.length > 0 ? html`<ul>${examples}</ul>` : null}`
}

export function digits(value: number): string {
  return value >= 1_000 ? grouped(value) : String(Number(value.toPrecision(3)))
}
