/**
 * What a bench finds: figures with their bounds, and how they are shown.
 */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What it must not exceed (or, for `atLeast`, fall below); absent: nobody judges it. */
  readonly atMost?: number
  readonly atLeast?: number
}

export type Size = 'smoke' | 'full'

export interface Bench {
  readonly name: string
  /** The question, in one line. */
  readonly question: string
  /** Says what it is doing, for long runs. */
  run(size: Size, say: (line: string) => void): Promise<readonly Figure[]>
}

/** True where nobody judges it. */
export function isMet({ value, atMost, atLeast }: Figure): boolean {
  return (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ what }) => what.length))
  return figures.map((figure) => `  ${figure.what.padEnd(width)}  ${shown(figure)}`).join('\n')
}

function shown(figure: Figure): string {
  const { value, unit, atMost, atLeast } = figure
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 1000 ? 1 : 0
  const text = `${value.toFixed(digits).padStart(9)} ${unit.padEnd(10)}`
  if (atMost === undefined && atLeast === undefined) return text.trimEnd()
  const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`
  return `${text} ${bound}${isMet(figure) ? '' : ': MISSED'}`
}
