/**
 * `device`: one user agent of a user that was seen within the last days, whether registered now or not: it has a queue.
 * Written by the registrar; `queueDroppedCount` by messaging.
 */
import type { StoreKey } from '../store.ts'
import { hashedPart, recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface DeviceRecord {
  /** Instance id or epid; failing these the Contact. Free text. */
  readonly deviceKey: string
  /** `+sip.instance` (RFC 5626 §4.1) without quotes and angle brackets. */
  readonly instanceId: string | null
  readonly userAgent: string
  readonly lastSeenMs: number
  /** Oldest queue entries that another device had taken and that were dropped since the device was last told. */
  readonly queueDroppedCount: number
}

export const deviceRecord = recordKind<DeviceRecord>({
  name: 'device',
  version: 1,
  toFields: (device) => [
    device.deviceKey,
    device.instanceId,
    device.userAgent,
    device.lastSeenMs,
    device.queueDroppedCount,
  ],
  fromFields: (fields) => ({
    deviceKey: fields.text(),
    instanceId: fields.textOrNull(),
    userAgent: fields.text(),
    lastSeenMs: fields.count(),
    queueDroppedCount: fields.count(),
  }),
})

export function deviceStoreKey(aor: string, deviceKey: string): StoreKey {
  return recordKey(aor, deviceRecord.name, hashedPart(deviceKey))
}
