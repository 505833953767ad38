/**
 * Builds one message in a scratch buffer that all share, then copies it out at its exact size. Not reentrant: whoever
 * begins a message finishes it before anybody else begins (`edit.ts`, `encode.ts` do).
 */
import assert from 'node:assert/strict'

interface RawBuffer {
  utf8Write(text: string, offset: number): number
}

const scratchBytes = 64 * 1024
/** UTF-8 takes at most three bytes for one UTF-16 code unit. */
const bytesPerUnitMax = 3

let scratch = Buffer.allocUnsafeSlow(scratchBytes)
let used = -1

export function beginMessage(): void {
  assert(used < 0, 'a message is already being written')
  used = 0
}

export function writeText(text: string): void {
  reserve(text.length * bytesPerUnitMax)
  used += (scratch as unknown as RawBuffer).utf8Write(text, used)
}

export function writeBytes(bytes: Uint8Array, start: number, end: number): void {
  reserve(end - start)
  if (Buffer.isBuffer(bytes)) bytes.copy(scratch, used, start, end)
  else scratch.set(bytes.subarray(start, end), used)
  used += end - start
}

/** The message; the caller owns it. */
export function finishMessage(): Buffer {
  assert(used >= 0, 'no message is being written')
  const message = Buffer.allocUnsafe(used)
  scratch.copy(message, 0, 0, used)
  used = -1
  if (scratch.length > scratchBytes) scratch = Buffer.allocUnsafeSlow(scratchBytes)
  return message
}

function reserve(count: number): void {
  if (scratch.length - used >= count) return
  const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, used + count))
  scratch.copy(larger, 0, 0, used)
  scratch = larger
}

/** A line break in a value would be a header that the caller did not mean to write. */
export function assertOneLine(text: string): void {
  assert(!/[\r\n]/.test(text), 'a header value must not hold a line break')
}
