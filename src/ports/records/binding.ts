/**
 * `binding`: AOR → Contact (RFC 3261 §10) as far as it must survive a restart; the flow is not part of it, since flows
 * do not. Written by the registrar: at the first REGISTER, at changes, and when a refresh passes the stored ceiling.
 */
import type { StoreKey } from '../store.ts'
import { hashedPart, recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface BindingRecord {
  readonly deviceKey: string
  readonly contactUri: string
  readonly instanceId: string | null
  readonly regId: number | null
  readonly callId: string
  readonly cseq: number
  /** 0 to 1 (RFC 3261 §20.10). */
  readonly q: number
  /** The binding is gone after this at the latest. Several registration periods ahead: most refreshes write nothing. */
  readonly ceilingMs: number
  /** Path header values (RFC 3327), topmost first. */
  readonly path: readonly string[]
  readonly userAgent: string
  /** The transport of the flow that it was made on: an unconfirmed UDP contact is never sent to. */
  readonly transport: string
  readonly pubGruuId: string | null
  /** What temporary GRUUs (RFC 5627 §3.2) are derived from. Whoever knows it can link them. */
  readonly tempGruuBase: string | null
  readonly createdMs: number
}

export const bindingRecord = recordKind<BindingRecord>({
  name: 'binding',
  version: 1,
  masked: ['tempGruuBase'],
  toFields: (binding) => [
    binding.deviceKey,
    binding.contactUri,
    binding.instanceId,
    binding.regId,
    binding.callId,
    binding.cseq,
    binding.q,
    binding.ceilingMs,
    [...binding.path],
    binding.userAgent,
    binding.transport,
    binding.pubGruuId,
    binding.tempGruuBase,
    binding.createdMs,
  ],
  fromFields: (fields) => ({
    deviceKey: fields.text(),
    contactUri: fields.text(),
    instanceId: fields.textOrNull(),
    regId: fields.countOrNull(),
    callId: fields.text(),
    cseq: fields.count(),
    q: fields.number(),
    ceilingMs: fields.count(),
    path: fields.texts(),
    userAgent: fields.text(),
    transport: fields.text(),
    pubGruuId: fields.textOrNull(),
    tempGruuBase: fields.textOrNull(),
    createdMs: fields.count(),
  }),
})

/**
 * `identity` is what tells the AOR's bindings apart, of the registrar's making: instance and reg-id, or the Contact.
 */
export function bindingKey(aor: string, identity: string): StoreKey {
  return recordKey(aor, bindingRecord.name, hashedPart(identity))
}
