/**
 * The part of the page about what limits the load: the chain, what a transaction asks of each resource, and what the
 * workers' time goes to.
 */
import type { Report } from '../report.ts'
import { percent } from '../summary.ts'
import { grouped } from '../verdict.ts'
import { html, type Markup, table } from './markup.ts'
import { digits, right } from './sections.ts'

/** The rest of the pieces of work is small. */
const shownPieces = 12

export function bottleneck(report: Report): Markup {
  const { chain, next } = report.bottleneck
  if (chain.length === 0) return html`<p>No resource was seen.</p>`
  return html`<ol class="chain">${chain.map((each) => html`<li>${each}</li>`)}</ol>
${next === null ? null : html`<p>Next: ${next}.</p>`}${demandTable(report)}${workTable(report)}
${sensitivityTable(report)}`
}

function sensitivityTable({ sensitivity }: Report): Markup | null {
  if (sensitivity === null) return null
  const { rows, elasticities, label } = sensitivity
  const columns = [{ head: 'users' }, right('limit'), right('of as asked'), { head: 'limited by' }]
  const cells = rows.map(({ name, limit, ratio, limitedBy }) => [
    name,
    limit === null ? 'not found' : grouped(Number(limit.toPrecision(3))),
    ratio === null ? '–' : `${percent(ratio)} %`,
    limitedBy,
  ])
  const words = elasticities.map(({ parameter, value }) => `${parameter} ${value.toFixed(2)}`).join(', ')
  return html`${table('How the limit moves with the users', columns, cells)}
<p class="soft">Limits at the middle conversion by a straight line, each from a short run in virtual time: ${label}.
Percent of the limit for each percent of a parameter: ${words}.</p>`
}

function demandTable({ bottleneck: { demands, transactionsPerSecond } }: Report): Markup | null {
  if (demands.length === 0) return null
  const columns = [
    { head: 'resource' },
    right('visits'),
    right('ms each'),
    right('ms in all'),
    right('in use'),
    right('at most a second'),
  ]
  const rows = demands.map(({ resource, visits, serviceMs, demandMs, utilisation, boundPerSecond }) => [
    resource,
    digits(visits),
    digits(serviceMs),
    digits(demandMs),
    `${percent(utilisation)} %`,
    digits(boundPerSecond),
  ])
  return html`${table('What one transaction asks of the profile', columns, rows)}
<p class="soft">${digits(transactionsPerSecond)} transactions a second in the run, keep-alives apart. A link is
visited by the byte.</p>`
}

function workTable({ bottleneck: { work } }: Report): Markup | null {
  if (work.length === 0) return null
  const columns = [{ head: 'work' }, { head: 'operation' }, right('pieces'), right('µs each'), right('share')]
  const rows = work
    .slice(0, shownPieces)
    .map(({ work: name, operation, seconds, pieces, share }) => [
      name,
      operation ?? 'all',
      digits(pieces),
      pieces === 0 ? '–' : digits((seconds / pieces) * 1e6),
      `${percent(share)} %`,
    ])
  return table('What the workers’ time goes to', columns, rows)
}
