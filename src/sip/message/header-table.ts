/**
 * Where the header lines of a message stand in its bytes: four integers a line, in arrays that many messages share.
 *
 *   chunk  │ … │ id·folded·nameLength │ lineStart │ valueStart │ valueEnd │ … next line … │ … next message … │ free │
 *                ▲ base of a message                                                        ▲ used
 *
 * An Int32Array of its own for each message costs more than the scan (1.5 µs: `bench/micro/sip-message.ts`), so lines
 * are written into the current chunk and a new chunk begins when it is full. Nothing is ever given back: a chunk
 * lives as long as a message in it. Who keeps a message for longer than its transaction keeps `toTransfer()` of it
 * instead.
 */

export const intsPerLine = 4
/** Offsets inside a line's row. */
export const lineStartAt = 1
export const valueStartAt = 2
export const valueEndAt = 3
/** First integer of a row: id in the low 7 bits, then the fold flag, then the length of the name. */
export const idMask = 0x7f
export const foldedFlag = 0x80
export const nameLengthShift = 8

/** 16 KB: some 80 messages. Smaller ones cost allocations, larger ones are pinned for longer by a straggler. */
const chunkInts = 4096

let chunk = new Int32Array(chunkInts)
let used = 0

/** The current chunk, with room for `linesMax` lines from `usedInts()` on. Valid until the next call. */
export function chunkFor(linesMax: number): Int32Array {
  const wanted = linesMax * intsPerLine
  if (chunk.length - used < wanted) {
    chunk = new Int32Array(Math.max(chunkInts, wanted))
    used = 0
  }
  return chunk
}

export function usedInts(): number {
  return used
}

/** Keeps `linesCount` lines written at `usedInts()`. */
export function keepLines(linesCount: number): void {
  used += linesCount * intsPerLine
}
