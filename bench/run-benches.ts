/**
 * Runs benches and shows what they found, each figure against its bound.
 */
import { writeFileSync } from 'node:fs'
import { benches } from './benches.ts'
import { type Figure, isMet, type Size, table } from './harness/figures.ts'
import { fingerprint } from './harness/machine.ts'
import { hasCompiler } from './harness/native.ts'

export interface BenchRun {
  /** Names, or their beginnings up to a hyphen: `relay` is all that begin so. All benches where there is none. */
  readonly names: readonly string[]
  readonly size: Size
  /** Where the figures go as JSON, with the machine's fingerprint and the command that made them. */
  readonly json?: { readonly file: string; readonly command: string }
  readonly print: (line: string) => void
  readonly say: (line: string) => void
}

/** Wrong use, or something that is missing here; the message says what. */
export class CannotBench extends Error {}

/** True where every bound was met. */
export async function runBenches({ names, size, json, print, say }: BenchRun): Promise<boolean> {
  const wanted = names.length === 0 ? benches : benches.filter(({ name }) => isAsked(name, names))
  if (wanted.length === 0) throw new CannotBench(`no such bench; there are ${benchNames().join(', ')}`)
  needCompiler()
  const machine = fingerprint()
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`)
  print(facts.join(', '))
  const results: { bench: string; figures: readonly Figure[] }[] = []
  for (const { name, question, run } of wanted) {
    print(`\n${name}: ${question}`)
    const figures = await run(size, say)
    print(figures.length === 0 ? '  skipped' : table(figures))
    results.push({ bench: name, figures })
  }
  if (json) {
    const all = { label: 'measured', machine, command: json.command, size, results }
    writeFileSync(json.file, `${JSON.stringify(all, null, 2)}\n`)
  }
  return results.every(({ figures }) => figures.every(isMet))
}

export function benchNames(): readonly string[] {
  return benches.map(({ name }) => name)
}

export function needCompiler(): void {
  if (hasCompiler()) return
  throw new CannotBench('the load is made by a C program, and there is no C compiler here (Debian: gcc)')
}

function isAsked(name: string, asked: readonly string[]): boolean {
  return asked.some((each) => name === each || name.startsWith(`${each}-`))
}
