/**
 * A hash of two whole numbers to 32 bits (the finisher of MurmurHash3, Appleby): good enough that sums of it tell apart
 * what was sent from what came.
 */
export function mix(one: number, other: number): number {
  let hash = Math.imul(one ^ 0x9e3779b1, 0x85ebca6b) ^ Math.imul(other + 0x7f4a7c15, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
