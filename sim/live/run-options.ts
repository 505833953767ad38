/** Everything that a live run is given. */
import type { RunFacts } from '../measure/run-facts.ts'
import type { Dialect } from '../users/context.ts'
import type { Naming, Population } from '../users/population.ts'
import type { PopulationPlan } from './populations.ts'
import type { Progress } from './progress.ts'
import type { WatchedServer } from './server-watch.ts'
import type { LinkShape } from './shaped-link.ts'
import type { Target } from './target.ts'

export interface RunOptions extends RunFacts {
  readonly plan: PopulationPlan
  readonly population: Population
  readonly naming: Naming
  readonly dialect: Dialect
  readonly target: Target
  readonly ca: string | null
  readonly serverName: string | null
  readonly speed: number
  /** Null: as many as the machine and the users want. */
  readonly threads: number | null
  readonly resumption: number
  /** Between all users and the server; left out: this machine's own. */
  readonly link?: LinkShape | null
  /** Null: nobody can look into it. */
  readonly server: WatchedServer | null
  /** Kills the server and starts it again; resolves when it is ready. Null: it cannot be killed. */
  readonly restart: (() => Promise<void>) | null
  readonly onProgress: (progress: Progress) => void
  /** Everybody is there who is to be there before the load is steady; at once where nobody is. A throw ends the run. */
  readonly onSettled: () => void
}
