/**
 * What clients do for as long as a soak lasts.
 */
export interface Scenario {
  readonly users: number
  /** Does it until `isOver`; never resolves before. */
  run(port: number, isOver: () => boolean): Promise<void>
  /** How much was done so far, for those who look on. */
  done(): Readonly<Record<string, number>>
}
