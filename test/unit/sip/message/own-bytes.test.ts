/**
 * Bytes that outlive their message.
 */
import { expect, test } from 'vitest'
import { ownBytes } from '../../../../src/sip/message/own-bytes.ts'

test('are the same bytes, and hold nothing but themselves', () => {
  const slab = Buffer.from('before|bytes|behind')
  for (const view of [slab.subarray(7, 12), Buffer.from('bytes'), new Uint8Array(Buffer.from('bytes'))]) {
    const own = ownBytes(view)
    expect(own.toString()).toBe('bytes')
    expect(own.buffer.byteLength).toBe(5)
  }
})

test('do not change with the memory that they were read from', () => {
  const read = Buffer.from('from a socket')
  const own = ownBytes(read.subarray(5, 6))
  read.fill(0)
  expect(own.toString()).toBe('a')
})

test('are not copied again, and may be none', () => {
  const own = ownBytes(Buffer.from('once'))
  expect(ownBytes(own).buffer).toBe(own.buffer)
  expect(ownBytes(Buffer.alloc(0)).length).toBe(0)
})
