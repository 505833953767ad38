/**
 * What a parameter of the model is: symbol, unit, its default in either era, bounds, distribution and source. The texts
 * of `meridian sim --explain-model`, the page docs/workload.md and the schema of workload files are made from these.
 */

/** 2003: desktop clients of that time, one device. Modern: lists, several devices, pager messages. */
export const eras = ['2003', 'modern'] as const
export type Era = (typeof eras)[number]

/** What the short names of sources mean. */
export const sources: Readonly<Record<string, string>> = {
  'LCS 2003': 'Microsoft’s sizing of Live Communications Server 2003: 10,000 users on a home server',
  OCS: '“Capacity Planning” of Office Communications Server 2007 R2',
  LYNC13: '“User models in Lync Server 2013”',
  SUN: 'deployment guides of Sun Java System Instant Messaging',
  assumed: 'our own choice, for want of a published figure',
}

interface FactBase {
  /** As in formulas; empty where it has none. */
  readonly symbol: string
  readonly unit: string
  readonly text: string
  readonly distribution: string
  readonly source: string
}

export interface NumberFact extends FactBase {
  readonly kind: 'number'
  readonly whole: boolean
  readonly min: number
  readonly max: number
  readonly byEra: Readonly<Record<Era, number>>
}

export interface SwitchFact extends FactBase {
  readonly kind: 'switch'
  readonly byEra: Readonly<Record<Era, boolean>>
}

export interface ChoiceFact<C extends string = string> extends FactBase {
  readonly kind: 'choice'
  readonly choices: readonly C[]
  readonly byEra: Readonly<Record<Era, C>>
}

export type ParameterFact = NumberFact | SwitchFact | ChoiceFact

export type ValueOf<F> = F extends NumberFact
  ? number
  : F extends SwitchFact
    ? boolean
    : F extends ChoiceFact<infer C>
      ? C
      : never

interface Given<T> {
  readonly symbol?: string
  readonly unit?: string
  readonly text: string
  readonly distribution?: string
  readonly source: string
  /** The default, or those of 2003 and of today. */
  readonly standard: T | readonly [T, T]
}

function shared<T>({ symbol = '', unit = '', text, distribution = '', source }: Given<T>): FactBase {
  return { symbol, unit, text, distribution, source }
}

function byEra<T>(standard: T | readonly [T, T]): Readonly<Record<Era, T>> {
  const [old, modern] = Array.isArray(standard) ? (standard as readonly [T, T]) : ([standard, standard] as const)
  return { '2003': old, modern } as Readonly<Record<Era, T>>
}

export function aNumber(range: readonly [number, number], given: Given<number>): NumberFact {
  return { kind: 'number', whole: false, min: range[0], max: range[1], byEra: byEra(given.standard), ...shared(given) }
}

export function aWholeNumber(range: readonly [number, number], given: Given<number>): NumberFact {
  return { ...aNumber(range, given), whole: true }
}

export function aShare(given: Given<number>): NumberFact {
  return aNumber([0, 1], given)
}

export function aSwitch(given: Given<boolean>): SwitchFact {
  return { kind: 'switch', byEra: byEra(given.standard), ...shared(given) }
}

export function aChoice<const C extends string>(choices: readonly C[], given: Given<NoInfer<C>>): ChoiceFact<C> {
  return { kind: 'choice', choices, byEra: byEra<C>(given.standard), ...shared(given) }
}
