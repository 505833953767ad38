/**
 * The domain controllers of Active Directory, where accounts come from there: what each of them lacks, and which one is
 * asked first.
 */
import { type Finding, Findings } from './finding.ts'

/** Of one controller, as it was examined (`src/directory/active-directory/check-directory.ts`). */
export interface ExaminedController {
  readonly catalog: string
  readonly site: string
  readonly roundTripMs: number | null
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

export interface DirectoryQuestion {
  /** Null where accounts are our own; else in the order in which they are asked. */
  readonly examined: readonly ExaminedController[] | null
}

const cure = '`meridian directory check` says more, docs/active-directory.md how it should be'

export function checkDirectoryServers({ examined }: DirectoryQuestion): readonly Finding[] {
  const found = new Findings('directory')
  if (examined === null) {
    found.right('directory.kind', 'is local: accounts are this server’s own')
    return found.all
  }
  const usable = examined.filter(({ roundTripMs, faults }) => roundTripMs !== null && faults.length === 0)
  for (const { catalog, faults, warnings } of examined) {
    for (const fault of faults) found.fault('directory.servers', `${catalog}: ${fault}`, cure)
    for (const warning of warnings) found.warning('directory.servers', `${catalog}: ${warning}`, cure)
  }
  const [first] = usable
  if (first) {
    const { catalog, site, roundTripMs } = first
    found.right(
      'directory.servers',
      `${catalog} (${site}) is asked first, and answers in ${roundTripMs?.toFixed(1)} ms`,
    )
  }
  if (usable.length === 1 && examined.length === 1) {
    found.warning('directory.servers', 'only one is named: while it is away nobody enrols', 'name another catalog')
  }
  return found.all
}
