/**
 * A report for the terminal: verdict, levels, resources, correctness and what each user costs in at most 25 lines.
 */
import type { Report, ReportLevel } from './report.ts'
import { grouped } from './verdict.ts'

const linesMax = 25

export function summarise(report: Report, files: readonly string[] = []): string {
  const { verdict, levels, resources, sensitivity, validity, warnings } = report
  const shown = levels.filter(({ bound }) => bound === 'only' || bound === 'mid')
  const lines = [
    verdict.sentence,
    `  ${'levels'.padEnd(16)}${head('p50')}${head('p95')}${head('p99')}${head('limit p99')}   failures`,
    ...shown.map(levelLine),
    row('resources', resources.map(({ id, use, target }) => `${id} ${spread(use)} of ${percent(target)}`).join('   ')),
    row('correct', correctLine(report)),
    row('per user', perUserLine(report)),
    ...(sensitivity === null ? [] : [row('if users', sensitivityLine(sensitivity))]),
    row('valid', validLine(validity)),
  ]
  const told = [
    ...warnings.map((warning) => row('warning', warning)),
    ...(files.length > 0 ? [row('', files.join(' '))] : []),
  ]
  const room = linesMax - lines.length
  return [...lines, ...told.slice(Math.max(0, told.length - room))].join('\n')
}

function levelLine({ name, seenMs, limitMs, failures, count, ok, p99Judged }: ReportLevel): string {
  const limit = limitMs.p99 ?? limitMs.max
  const p99 = limitMs.p99 === null ? seenMs.max : seenMs.p99
  const judged = ok ? (p99Judged || limitMs.p99 === null ? 'ok' : 'ok (too few for p99)') : 'TOO SLOW OR FAILED'
  const failed = `${grouped(failures)} / ${grouped(count + failures)}`
  return `  ${name.padEnd(16)}${ms(seenMs.p50)}${ms(seenMs.p95)}${ms(p99)}${ms(limit)}   ${failed.padEnd(16)} ${judged}`
}

function head(name: string): string {
  return name.padStart(11)
}

export function milliseconds(value: number): string {
  if (value >= 10_000) return `${Number((value / 1_000).toPrecision(3))} s`
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} ms`
}

function ms(value: number | null): string {
  return (value === null ? '–' : milliseconds(value)).padStart(11)
}

function spread({ low, mid, high }: { low: number; mid: number; high: number }): string {
  return low === high ? `${percent(mid)} %` : `${percent(mid)} % [${percent(low)}…${percent(high)}]`
}

/** Small parts keep a digit. */
export function percent(part: number): string {
  const value = part * 100
  return value !== 0 && Math.abs(value) < 9.95 ? String(Number(value.toPrecision(2))) : String(Math.round(value))
}

function correctLine({ correctness: found }: Report): string {
  const counts = `lost ${found.lost}  duplicate ${found.duplicates} (excepted ${found.excepted})  stale ${found.stale}`
  const more = `misordered ${found.misordered}  unauthorised ${found.unauthorised}  not converged ${found.notConverged}`
  return `${counts}  ${more}  of ${grouped(found.checked)} checked`
}

function perUserLine({ perUser }: Report): string {
  const shown = ['memory-per-device', 'bytes-per-second', 'written-per-day', 'notify-per-publish']
  return perUser
    .filter(({ id }) => shown.includes(id))
    .map(({ name, value, unit }) => `${quantity(value, unit)} ${name}`)
    .join('   ')
}

/** What the limit becomes, of what it is. */
function sensitivityLine({ rows, label }: NonNullable<Report['sensitivity']>): string {
  const shown = rows.slice(1).flatMap(({ name, ratio }) => (ratio === null ? [] : [`${name}: ${percent(ratio)} %`]))
  return `${shown.join('   ')} of the limit (${label})`
}

/** Bytes by 1,024, times and counts with three digits. */
export function quantity(value: number, unit: string): string {
  if (unit === 'B' && value >= 1_024) {
    const step = value >= 2 ** 30 ? 3 : value >= 2 ** 20 ? 2 : 1
    return `${Number((value / 1_024 ** step).toPrecision(3))} ${['', 'KB', 'MB', 'GB'][step]}`
  }
  return `${Number(value.toPrecision(3))}${unit === '' ? '' : ` ${unit}`}`
}

function validLine(validity: Report['validity']): string {
  const wrong = validity.filter(({ ok }) => !ok)
  if (wrong.length > 0) return `NO: ${wrong.map(({ check, reading }) => `${check} ${reading}`).join('; ')}`
  const shown = validity.filter(({ check }) => /generator|steal|limiter/.test(check)).slice(0, 4)
  return [`yes, ${validity.length} checks`, ...shown.map(({ check, reading }) => `${check} ${reading}`)].join('  ')
}

function row(name: string, words: string): string {
  return `  ${name.padEnd(12)}${words}`
}
