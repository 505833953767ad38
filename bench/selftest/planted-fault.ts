/**
 * A fault that is planted, and what has to show it. A check that cannot fail is worth nothing: each fault runs with the
 * smallest run that shows it, and the same run without it has to be clean.
 */

export interface Described {
  /** Its place in the table, 1 … 28. */
  readonly number: number
  readonly plantedIn: 'server' | 'generator' | 'disk' | 'memory cap' | 'gate'
  readonly fault: string
  readonly seenAs: string
}

export interface PlantedFault extends Described {
  /** The check that has to speak, and where it is. */
  readonly check: string
  /** Seconds instead of minutes. */
  readonly isQuick: boolean
  /** What it said of the run with the fault, null: nothing; and of the run without, null: nothing, as it should. */
  run(): Promise<{ readonly seen: string | null; readonly clean: string | null }>
}

export interface Outcome extends Described {
  readonly state: 'caught' | 'survived' | 'clean run is not clean' | 'could not be run'
  readonly check: string
  readonly detail: string
}
