/**
 * The report as one HTML page that needs nothing beside it: no script, no network, readable in light, dark and print.
 */
import type { Report } from '../report.ts'
import { milliseconds, percent } from '../summary.ts'
import { grouped } from '../verdict.ts'
import { chartFigure } from './chart.ts'
import { chartsOf } from './charts-of.ts'
import { html, type Markup } from './markup.ts'
import { budgetTable, correctness, levelTable, operationTable, perUser, resourceTable } from './sections.ts'
import { bottleneck } from './sections-of-limit.ts'
import { appendix, machineTable, runTable, validityTable } from './sections-of-run.ts'
import { style } from './style.ts'

export function reportPage(report: Report): string {
  const { verdict, run, profile } = report
  const title = `${grouped(verdict.users)} users on ${profile.name}: ${verdict.word}`
  const charts = chartsOf(report).map(chartFigure)
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title}</title><link rel="icon" href="data:,">
<style>${{ html: style }}</style></head>
<body><main>
<p class="soft">Capacity report of Meridian, ${report.label}</p>
<h1>${title}</h1>
<p class="soft">${profile.title}. Load: ${run.preset}, seed ${run.seed}, over ${run.transport.toUpperCase()}.</p>
<div class="verdict ${verdict.word}"><p><span class="word">${verdict.word}</span> ${unbroken(verdict.paragraph)}</p>
<p class="line">${unbroken(verdict.sentence)}</p></div>
${threeNumbers(report)}${warnings(report)}
<h2>What was run</h2>${runTable(report)}<p>Again with:</p><pre>${run.repeat}</pre>
<h2>Service levels</h2>${levelTable(report)}
<h2>Resources</h2>${resourceTable(report)}${budgetTable(report)}
<h2>Operations</h2>${operationTable(report)}
<h2>What one user costs</h2>${perUser(report)}
<h2>Curves</h2>${charts.length > 0 ? charts : html`<p>The run kept none.</p>`}
<h2>Correctness</h2>${correctness(report)}
<h2>What limits it</h2>${bottleneck(report)}
<h2>What would make this report invalid</h2>${validityTable(report)}
<h2>Machine and profile</h2>${machineTable(report)}
<h2>Appendix</h2>${appendix(report)}
</main></body></html>
`
  return page.html
}

/** Users, the fullest resource, the slowest level. */
function threeNumbers({ verdict, resources, levels }: Report): Markup {
  const [fullest] = resources.toSorted((a, b) => b.use.mid / b.target - a.use.mid / a.target)
  const slow = levels
    .filter(({ bound, limitMs, seenMs }) => (bound === 'only' || bound === 'mid') && limitMs.p99 && seenMs.p99 !== null)
    .toSorted((a, b) => b.seenMs.p99! / b.limitMs.p99! - a.seenMs.p99! / a.limitMs.p99!)[0]
  const limit = verdict.limit ? `limit about ${grouped(Number(verdict.limit.mid.toPrecision(3)))}` : 'limit not found'
  return html`<dl class="three">
<div><dt>Users</dt><dd>${grouped(verdict.users)} <small>${limit}</small></dd></div>
${
  fullest
    ? html`<div><dt>Fullest: ${fullest.name}</dt><dd>${percent(fullest.use.mid)} %
<small>of ${percent(fullest.target)} % that may be in use${range(fullest.use)}</small></dd></div>`
    : null
}
${
  slow
    ? html`<div><dt>Slowest: ${slow.name}, p99</dt>
<dd>${milliseconds(slow.seenMs.p99!)} <small>of ${milliseconds(slow.limitMs.p99!)}</small></dd></div>`
    : null
}
</dl>`
}

function range({ low, high }: { low: number; high: number }): string {
  return low === high ? '' : `, ${percent(low)} to ${percent(high)} %`
}

/** A number and its unit stay on one line. */
function unbroken(text: string): string {
  return text.replaceAll(/(\d) (?=[%a-z]{1,2}\b|%)/g, '$1\u00a0')
}

function warnings({ warnings: all }: Report): Markup | null {
  return all.length === 0
    ? null
    : html`<p><strong>To be kept in mind:</strong></p><ul>${all.map((each) => html`<li>${each}</li>`)}</ul>`
}
