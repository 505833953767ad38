/**
 * What the server's work takes on the reference core, by kind of message: committed as `model.json`, fitted to live
 * runs by `fit-costs.ts`. Every figure that comes of it is *projected*.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

/** What a message is, as far as its cost goes; an answer is told by the method of its CSeq where that matters. */
export const messageKinds = [
  'REGISTER',
  'SUBSCRIBE',
  'PUBLISH',
  'NOTIFY',
  'MESSAGE',
  'INVITE',
  'other',
  'answer',
] as const
export type MessageKind = (typeof messageKinds)[number]

const count = v.pipe(v.number(), v.minValue(0))
/** Microseconds for one, user and system time, and nanoseconds of user time for each byte. */
const costSchema = v.strictObject({ userUs: count, systemUs: count, byteNs: count })
const kinds = v.strictObject(Object.fromEntries(messageKinds.map((kind) => [kind, costSchema])))

const modelSchema = v.strictObject({
  schema: v.literal('meridian-cost/1'),
  /** Of the server that was measured. */
  commit: v.string(),
  fittedAt: v.string(),
  /** Live runs that it was fitted to, and how much of their differences it explains, 0 … 1. */
  runs: count,
  rSquared: v.strictObject({ user: v.number(), system: v.number() }),
  received: kinds,
  sent: kinds,
  /** Each second, with nothing to do. */
  idle: v.strictObject({ userUs: count, systemUs: count }),
  /** For each flush, on the store's thread. */
  flushUs: count,
  memory: v.strictObject({ baseMb: count, deviceKb: count, contactBytes: count }),
})

export interface MessageCost {
  readonly userUs: number
  readonly systemUs: number
  readonly byteNs: number
}

export interface CostModel {
  readonly commit: string
  readonly fittedAt: string
  readonly runs: number
  readonly rSquared: { readonly user: number; readonly system: number }
  readonly received: Readonly<Record<MessageKind, MessageCost>>
  readonly sent: Readonly<Record<MessageKind, MessageCost>>
  readonly idle: { readonly userUs: number; readonly systemUs: number }
  readonly flushUs: number
  readonly memory: { readonly baseMb: number; readonly deviceKb: number; readonly contactBytes: number }
}

/** Throws a ValiError where the file is none. */
export function readCostModel(file = join(import.meta.dirname, 'model.json')): CostModel {
  return v.parse(modelSchema, JSON.parse(readFileSync(file, 'utf8'))) as unknown as CostModel
}

const letters: Readonly<Record<number, MessageKind>> = {
  82: 'REGISTER',
  80: 'PUBLISH',
  78: 'NOTIFY',
  77: 'MESSAGE',
}

/** By the first letters: `SIP/2.0` is an answer, `SUBSCRIBE` is not. */
export function kindOfMessage(bytes: Uint8Array): MessageKind {
  const [first, second] = [bytes[0]!, bytes[1]!]
  if (first === 0x53) return second === 0x49 ? 'answer' : 'SUBSCRIBE'
  if (first === 0x49) return bytes[2] === 0x56 ? 'INVITE' : 'other'
  return letters[first] ?? 'other'
}
