/**
 * What happened around a violation: the same seed runs once more, and only the lines near that time are kept.
 */
import { runVirtual, type VirtualChoice } from './run-virtual.ts'

const beforeMs = 2_000
const afterMs = 100
/** The last ones are nearest to the violation. */
const linesMax = 400

/** `violatedMs`: virtual time, as `onViolation` told it. Lines as `<seconds> <what>  <first line of the message>`. */
export async function traceAround(choice: VirtualChoice, violatedMs: number): Promise<readonly string[]> {
  const lines: string[] = []
  let isCut = false
  await runVirtual({
    ...choice,
    print: (line) => {
      const atMs = Number.parseFloat(line) * 1_000
      if (atMs < violatedMs - beforeMs || atMs > violatedMs + afterMs) return
      lines.push(line)
      if (lines.length <= linesMax) return
      lines.shift()
      isCut = true
    },
  })
  const head = `around the first violation, at ${(violatedMs / 1_000).toFixed(3)} s of virtual time`
  return [isCut ? `${head}, the last ${linesMax} lines:` : `${head}:`, ...lines]
}
