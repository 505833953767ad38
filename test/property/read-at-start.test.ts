/**
 * Promise: what a shard makes of the records of a device at a start says what the records say, whichever texts it
 * shares in memory (docs/store.md, `binding` and `device`).
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BindingRecord, bindingRecord } from '../../src/ports/records/binding.ts'
import { type DeviceRecord, deviceRecord } from '../../src/ports/records/device.ts'
import { deviceOf, toRecord, unconfirmed } from '../../src/registrar/binding.ts'

const text = fc.constantFrom('urn:uuid:a', 'urn:uuid:b', 'epid:a', 'contact:sip:a@192.0.2.1', 'Desk/4.2', '')
const textOrNull = fc.option(text)
const count = fc.nat()

const bindings: fc.Arbitrary<BindingRecord> = fc.record({
  deviceKey: text,
  contactUri: text,
  instanceId: textOrNull,
  regId: fc.option(count),
  callId: text,
  cseq: count,
  q: fc.constantFrom(0, 0.5, 1),
  ceilingMs: count,
  path: fc.array(text, { maxLength: 2 }),
  userAgent: text,
  transport: fc.constantFrom('tcp', 'udp'),
  pubGruuId: textOrNull,
  tempGruuBase: textOrNull,
  createdMs: count,
})

const devices: fc.Arbitrary<DeviceRecord> = fc.record({
  deviceKey: text,
  instanceId: textOrNull,
  userAgent: text,
  lastSeenMs: count,
  queueDroppedCount: count,
})

describe('records read at a start', () => {
  test('a binding is the one that was written', () => {
    fc.assert(
      fc.property(bindings, (record) => {
        const decoded = bindingRecord.decode(bindingRecord.encode(record))
        expect(decoded.ok && toRecord(unconfirmed(decoded.value))).toEqual(record)
      }),
    )
  })

  test('a device is the one that was written, with and without a binding of the same key', () => {
    fc.assert(
      fc.property(devices, bindings, fc.boolean(), (record, other, isBound) => {
        const decoded = deviceRecord.decode(deviceRecord.encode(record))
        const binding = isBound ? unconfirmed({ ...other, deviceKey: record.deviceKey }) : undefined
        expect(decoded.ok && deviceOf(decoded.value, binding)).toEqual(record)
      }),
    )
  })
})
