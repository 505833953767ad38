/**
 * The two groups that a rule is about, as options.
 */
import type { Invocation, OptionDescription } from '../command.ts'

export const pairOptions: readonly OptionDescription[] = [
  { flags: '--from <group>', text: 'who wants to see or write: a group, or * for anybody' },
  { flags: '--to <group>', text: 'whom: a group, or * for anybody' },
]

/** Null where one of the two is missing. */
export function readPair({ options }: Invocation): { readonly from: string; readonly to: string } | null {
  const { from, to } = options
  return typeof from === 'string' && typeof to === 'string' ? { from, to } : null
}

export const pairMissing = 'a rule is about two groups: --from <group> --to <group>, each may be *'
