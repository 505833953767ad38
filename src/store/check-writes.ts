/**
 * What a batch must be before any adapter takes it. A fault here is a bug of the caller: the adapters assert on it in
 * the worker's own thread, where the stack still names who did it.
 */
import { keyBytesMax } from '../ports/records/keys.ts'
import type { RecordWrite } from '../ports/store.ts'

/** What is wrong with the batch, or null. */
export function checkWrites(writes: readonly RecordWrite[]): string | null {
  for (const { key } of writes) {
    if (key === '') return 'empty key'
    if (!key.isWellFormed()) return 'a key that is no well-formed text'
    if (key.length * 3 > keyBytesMax && Buffer.byteLength(key) > keyBytesMax) return `key above ${keyBytesMax} bytes`
  }
  return null
}
