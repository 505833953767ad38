/**
 * What an examination finds: of one thing, whether it is right, and where it is not, which setting, why, and the cure.
 */

export type FindingLevel = 'right' | 'warning' | 'fault'

export interface Finding {
  readonly check: string
  readonly level: FindingLevel
  /** The key of the configuration, or the file or number of the machine, that it is about. */
  readonly setting: string
  readonly reason: string
  /** What to do; empty where nothing is to be done. */
  readonly cure: string
}

/** Findings of one check. */
export class Findings {
  readonly #check: string
  readonly all: Finding[] = []

  constructor(check: string) {
    this.#check = check
  }

  right(setting: string, reason: string): void {
    this.#add('right', setting, reason, '')
  }

  warning(setting: string, reason: string, cure: string): void {
    this.#add('warning', setting, reason, cure)
  }

  fault(setting: string, reason: string, cure: string): void {
    this.#add('fault', setting, reason, cure)
  }

  #add(level: FindingLevel, setting: string, reason: string, cure: string): void {
    this.all.push({ check: this.#check, level, setting, reason, cure })
  }
}
