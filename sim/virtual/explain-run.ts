/**
 * What led to a violation: the same seed runs once more. Where the violation was seen when it happened, the lines near
 * that time are kept; else, and besides, the last lines that concern the users whom it names.
 */
import { Concern } from './concern.ts'
import { traceLine } from './quiet-history.ts'
import { runVirtual, type VirtualChoice } from './run-virtual.ts'
import type { SeenViolation } from './virtual-run-options.ts'

const beforeMs = 2_000
const afterMs = 100
/** The last ones are nearest to the violation. */
const linesMax = 400
const concernedMax = 120

/** Lines as `<seconds> <what>  <first line of the message>`. */
export async function explain(choice: VirtualChoice, seen: SeenViolation): Promise<readonly string[]> {
  const { atMs: violatedMs, isAtEnd, words } = seen
  const near = new LastLines(linesMax)
  const concerned = new LastLines(concernedMax)
  const concern = Concern.of(words, choice)
  await runVirtual({
    ...choice,
    onTrace: (atMs, text, bytes) => {
      if (atMs > violatedMs + afterMs) return
      if (!isAtEnd && atMs >= violatedMs - beforeMs) near.push(traceLine(atMs, text, bytes))
      if (concern?.includes(text, bytes)) concerned.push(traceLine(atMs, text, bytes))
    },
  })
  const when = isAtEnd ? 'seen at the end' : `at ${(violatedMs / 1_000).toFixed(3)} s`
  const lines = [`the first violation, ${when}: ${words}`]
  if (!isAtEnd) lines.push(near.head('what happened around it'), ...near.lines)
  if (concern) lines.push(concerned.head(`what concerns ${concern.words}`), ...concerned.lines)
  return lines
}

/** The newest so many lines. */
class LastLines {
  readonly lines: string[] = []
  readonly #max: number
  #isCut = false

  constructor(max: number) {
    this.#max = max
  }

  push(line: string): void {
    this.lines.push(line)
    if (this.lines.length <= this.#max) return
    this.lines.shift()
    this.#isCut = true
  }

  head(words: string): string {
    return `${words}${this.#isCut ? `, the last ${this.#max} lines` : ''}:`
  }
}
