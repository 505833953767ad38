/**
 * A recording of traffic (`meridian traffic record`), read back: JSON lines, first the schema, last the number of rows.
 * What cannot be read is said with its line; a file that was cut short is taken as far as it goes, and marked.
 */
import * as v from 'valibot'
import { type RecordedKind, recordedKinds } from '../../src/runtime/traffic-recorder.ts'

export interface RecordedAct {
  readonly atMs: number
  readonly kind: RecordedKind
  /** Numbered in the order in which they first appear. */
  readonly user: number
  readonly flow: number
  /** Whom it concerns; -1 where nobody. */
  readonly other: number
  readonly bytes: number
}

export interface Recording {
  /** In order of their time. */
  readonly acts: readonly RecordedAct[]
  readonly usersCount: number
  readonly durationMs: number
  /** The last line is missing, or counts more rows than there are. */
  readonly isCutShort: boolean
}

/** Thrown with the line and what is wrong with it. */
export class UnreadableRecording extends Error {}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const headSchema = v.object({ schema: v.literal('meridian-traffic/1') })
const rowSchema = v.tuple([count, v.picklist(recordedKinds), v.string(), count, v.string(), count])
const endSchema = v.strictObject({ end: count })

export function readRecording(text: string): Recording {
  const lines = text.split('\n')
  // What follows the last line break is nothing, or a line that was cut.
  const lastPart = lines.pop() ?? ''
  if (!v.is(headSchema, parsed(lines[0] ?? lastPart))) {
    throw new UnreadableRecording('line 1: not a recording of `meridian traffic record` (schema meridian-traffic/1)')
  }
  const users = new Map<string, number>()
  const numberOf = (hash: string): number => {
    if (!users.has(hash)) users.set(hash, users.size)
    return users.get(hash)!
  }
  const acts: RecordedAct[] = []
  let end: number | null = null
  for (const [index, line] of lines.slice(1).entries()) {
    const value = parsed(line)
    if (end !== null) throw new UnreadableRecording(`line ${index + 2}: something follows the last row`)
    if (v.is(endSchema, value)) end = value.end
    else acts.push(actOf(value, index + 2, numberOf))
  }
  acts.sort((a, b) => a.atMs - b.atMs)
  const durationMs = acts.at(-1)?.atMs ?? 0
  return { acts, usersCount: users.size, durationMs, isCutShort: lastPart !== '' || end !== acts.length }
}

function actOf(value: unknown, line: number, numberOf: (hash: string) => number): RecordedAct {
  const row = v.safeParse(rowSchema, value)
  if (!row.success) {
    const [issue] = row.issues
    throw new UnreadableRecording(`line ${line}: expected ${issue.expected ?? 'a row'} in ${JSON.stringify(value)}`)
  }
  const [atMs, kind, user, flow, other, bytes] = row.output
  return { atMs, kind, user: numberOf(user), flow, other: other === '' ? -1 : numberOf(other), bytes }
}

/** Undefined for what is no JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
