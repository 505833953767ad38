/**
 * The step of xoshiro128** (Blackman and Vigna, 2018), for whoever keeps the state: four words of which not all are 0.
 */

/** 32 random bits; the state goes one step on. */
export function nextWord(s: Uint32Array): number {
  const result = Math.imul(rotate(Math.imul(s[1]!, 5), 7), 9) >>> 0
  const shifted = s[1]! << 9
  s[2]! ^= s[0]!
  s[3]! ^= s[1]!
  s[1]! ^= s[2]!
  s[0]! ^= s[3]!
  s[2]! ^= shifted
  s[3] = rotate(s[3]!, 11)
  return result
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
