/**
 * `operation`: the answer that a request with an effect was given, so that a retransmission through another worker or
 * after a crash gets the same answer and no second effect. In the batch that has the effect; kept 64·T1.
 */
import type { StoreKey } from '../store.ts'
import { hashedPart, recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface OperationRecord {
  readonly operationId: string
  /** Status, reason phrase and own headers of the answer. */
  readonly status: number
  readonly reason: string
  readonly headers: readonly (readonly [string, string])[]
  readonly atMs: number
}

export const operationRecord = recordKind<OperationRecord>({
  name: 'operation',
  version: 1,
  toFields: (operation) => [
    operation.operationId,
    operation.status,
    operation.reason,
    operation.headers.map(([name, value]) => [name, value]),
    operation.atMs,
  ],
  fromFields: (fields) => ({
    operationId: fields.text(),
    status: fields.count(),
    reason: fields.text(),
    headers: fields.headers(),
    atMs: fields.count(),
  }),
})

export function operationKey(aor: string, operationId: string): StoreKey {
  return recordKey(aor, operationRecord.name, hashedPart(operationId))
}
