/**
 * How far the clock of another server may be from the one here, whether a probe or a link has seen it.
 */

/** Tokens of one server are read on another: apart by more, one expires too early there, or before it is valid. */
const differenceMaxMs = 2_000

/** `aheadMs`: by how much the other clock is ahead; null where that is not known. */
export function clockWarnings(name: string, tense: 'is' | 'was', aheadMs: number | null): readonly string[] {
  if (aheadMs === null || Math.abs(aheadMs) <= differenceMaxMs) return []
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  return [`${name}: its clock ${tense} ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the one here`]
}
