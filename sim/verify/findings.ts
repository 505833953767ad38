/**
 * Violations found by one thread, counted by kind, the first of each in words. `merge` makes one of those of all
 * threads.
 */
import type { CorrectnessRecord } from '../measure/run-record.ts'

export type Violation = Exclude<keyof CorrectnessRecord, 'examples' | 'checked' | 'excepted'>

export const violations: readonly Violation[] = [
  'lost',
  'duplicates',
  'stale',
  'misordered',
  'unauthorised',
  'notConverged',
  'neverSent',
]

const examplesMax = 20

export class Findings {
  readonly #counts: Record<Violation | 'excepted' | 'checked', number> = {
    lost: 0,
    duplicates: 0,
    excepted: 0,
    stale: 0,
    misordered: 0,
    unauthorised: 0,
    notConverged: 0,
    neverSent: 0,
    checked: 0,
  }
  readonly #examples: string[] = []

  static merge(records: readonly CorrectnessRecord[]): Findings {
    const merged = new Findings()
    for (const record of records) merged.add(record)
    return merged
  }

  add(record: CorrectnessRecord): void {
    for (const kind of [...violations, 'excepted', 'checked'] as const) this.#counts[kind] += record[kind]
    for (const example of record.examples) if (this.#examples.length < examplesMax) this.#examples.push(example)
  }

  /** Something was looked at: a message, or the state of somebody in a NOTIFY. */
  checked(): void {
    this.#counts.checked++
  }

  found(kind: Violation, text: string): void {
    this.#counts[kind]++
    if (this.#examples.length < examplesMax) this.#examples.push(`${kind}: ${text}`)
  }

  /** A duplicate of the documented excepted case. */
  excepted(): void {
    this.#counts.excepted++
  }

  get isClean(): boolean {
    return violations.every((kind) => this.#counts[kind] === 0)
  }

  toRecord(): CorrectnessRecord {
    return { ...this.#counts, examples: [...this.#examples] }
  }
}
