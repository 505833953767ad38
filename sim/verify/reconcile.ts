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
  for (const [name, report] of joined(reports)) judge(name, report, findings, isThere(report.to))
}

/** Whether something is missing that the server said it keeps (202), for a user who is there: it may still come. */
export function mayStillCome(reports: readonly PairReport[], isThere: (user: number) => boolean): boolean {
  return [...joined(reports).values()].some((report) => {
    return isThere(report.to) && missingOf(report).some((number) => report.kept.includes(number))
  })
}

function joined(reports: readonly PairReport[]): ReadonlyMap<string, PairReport> {
  const byPair = new Map<string, PairReport>()
  for (const report of reports) {
    const name = `u${report.from} to u${report.to}`
    const known = byPair.get(name)
    byPair.set(name, known ? join(known, report) : report)
  }
  return byPair
}

function join(one: PairReport, other: PairReport): PairReport {
  return {
    ...one,
    issued: Math.max(one.issued, other.issued),
    refused: [...one.refused, ...other.refused],
    open: [...one.open, ...other.open],
    kept: [...one.kept, ...other.kept],
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
  for (const number of missingOf(report))
    findings.found('lost', `message ${number} from ${name} was accepted and did not arrive`)
}

function missingOf({ issued, refused, open, got }: PairReport): readonly number[] {
  const ranges = got.flatMap((each) => each.ranges)
  const mayMiss = new Set([...refused, ...open])
  const all = Array.from({ length: issued }, (_, index) => index + 1)
  return all.filter((number) => !mayMiss.has(number) && !came(ranges, number))
}

function came(ranges: PairReport['got'][number]['ranges'], number: number): boolean {
  return ranges.some(({ first, highest, holes }) => number >= first && number <= highest && !holes.includes(number))
}
