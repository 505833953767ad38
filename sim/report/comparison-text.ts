/**
 * A comparison for the terminal.
 */
import type { ComparedRow, Comparison } from './compare.ts'

const rowsMax = 40

export function comparisonText(comparison: Comparison & { readonly ok: true }): string {
  const { verdict, inference, rows, differences } = comparison
  const changed = rows.filter(({ a, b }) => a !== b).slice(0, rowsMax)
  const width = Math.max(10, ...changed.map(({ name }) => name.length))
  const words = inference ? verdict : `${verdict} (single runs: no inference)`
  const same = rows.length - rows.filter(({ a, b }) => a !== b).length
  return [
    ...differences.map((difference) => `NOT THE SAME ${difference}`),
    `COMPARED ${words}`,
    `  ${''.padEnd(width)}${'a'.padStart(12)}${'b'.padStart(12)}   b ÷ a`,
    ...changed.map((row) => `  ${row.name.padEnd(width)}${shown(row.a)}${shown(row.b)}   ${ratioText(row)}`),
    `  ${same} of ${rows.length} figures are the same`,
  ].join('\n')
}

function shown(value: number): string {
  const text = value >= 100_000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)))
  return text.padStart(12)
}

function ratioText({ ratio, interval, exact }: ComparedRow): string {
  if (ratio === null) return 'from nothing'
  const range = interval === null ? '' : ` [${interval[0].toFixed(3)}…${interval[1].toFixed(3)}]`
  return `${ratio.toFixed(3)}${range}${exact ? ' (exact)' : ''}`
}
