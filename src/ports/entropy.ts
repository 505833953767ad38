/**
 * The only source of randomness in the core: tags, branches, nonces, tokens. Seeded in the simulation and under test.
 */
export interface Entropy {
  /** Fresh random bytes; the caller owns the buffer. */
  bytes(count: number): Buffer
  /** A random word of `count` random bytes in lower-case hexadecimal: tags, branches. */
  word(count: number): string
}
