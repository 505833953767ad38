/**
 * What a section's own check may find once every key is right by itself: keys that do not fit together.
 */
export interface Problem {
  /** From the section down: `['listen', 'endpoints', 0, 'host']`. */
  readonly path: readonly (string | number)[]
  readonly message: string
}
