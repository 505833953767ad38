/**
 * Verdicts as bytes, for tables of watches; the names are those of RFC 5025 §3.2.1.
 */
import type { SeeVerdict } from '../../ports/presence-bus.ts'

/** `asked` is the watcher's side before the first answer. */
export type WatchVerdict = SeeVerdict | 'asked'

const names: readonly WatchVerdict[] = ['asked', 'allow', 'confirm', 'polite-block', 'block', 'unknown']

export function verdictCode(verdict: WatchVerdict): number {
  return names.indexOf(verdict)
}

export function verdictOf(code: number): WatchVerdict {
  return names[code] ?? 'asked'
}
