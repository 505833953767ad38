/**
 * Where the sums over sent and received messages do not agree, what each thread knows of the pairs in question is laid
 * together: which numbers are missing, which nobody has sent.
 */
import type { Findings } from './findings.ts'
import type { PairReport } from './message-verifier.ts'

/**
 * The reports of all threads, several for a pair whose users live on different ones. `isThere`: what waits for a user
 * who is not is kept, not lost.
 */
export function reconcile(
  reports: readonly PairReport[],
  findings: Findings,
  isThere: (user: number) => boolean,
): void {
  const byPair = new Map<string, PairReport>()
  for (const report of reports) {
    const name = `u${report.from} to u${report.to}`
    const known = byPair.get(name)
    byPair.set(name, known ? join(known, report) : report)
  }
  for (const [name, report] of byPair) judge(name, report, findings, isThere(report.to))
}

function join(one: PairReport, other: PairReport): PairReport {
  return {
    ...one,
    issued: Math.max(one.issued, other.issued),
    refused: [...one.refused, ...other.refused],
    open: [...one.open, ...other.open],
    got: [...one.got, ...other.got],
  }
}

function judge(name: string, report: PairReport, findings: Findings, isThere: boolean): void {
  const ranges = report.got.flatMap(({ ranges }) => ranges)
  const highest = Math.max(0, ...ranges.map((range) => range.highest))
  for (let number = report.issued + 1; number <= highest; number++) {
    if (came(ranges, number)) findings.found('neverSent', `message ${number} from ${name} came, and was never sent`)
  }
  if (!isThere) return
  const mayMiss = new Set([...report.refused, ...report.open])
  for (let number = 1; number <= report.issued; number++) {
    if (!mayMiss.has(number) && !came(ranges, number)) {
      findings.found('lost', `message ${number} from ${name} was accepted and did not arrive`)
    }
  }
}

function came(ranges: PairReport['got'][number]['ranges'], number: number): boolean {
  return ranges.some(({ first, highest, holes }) => number >= first && number <= highest && !holes.includes(number))
}
