/**
 * Reads the record of a run that a driver has written: enough of its shape is looked at for a mistake to be told, not
 * every number in it.
 */
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import type { RunRecord } from '../measure/run-record.ts'

const runVersion = 'meridian-run/1'

const sparse = v.object({ buckets: v.array(v.number()), count: v.number(), clipped: v.number(), maxUs: v.number() })
const shape = v.object({
  schema: v.literal(runVersion),
  driver: v.picklist(['live', 'virtual']),
  label: v.picklist(['projected', 'emulated', 'measured']),
  preset: v.string(),
  quick: v.boolean(),
  users: v.pipe(v.number(), v.minValue(1)),
  seed: v.number(),
  parameters: v.record(v.string(), v.union([v.number(), v.string(), v.boolean()])),
  windows: v.object({ warmUpMs: v.number(), measureMs: v.pipe(v.number(), v.gtValue(0)) }),
  levels: v.array(v.object({ id: v.string(), latency: sparse, failures: v.number() })),
  operations: v.array(v.object({ id: v.string(), count: v.number(), bytesIn: v.number(), bytesOut: v.number() })),
  series: v.array(v.object({ id: v.string(), values: v.array(v.nullable(v.number())) })),
  correctness: v.object({ lost: v.number(), checked: v.number() }),
  validity: v.array(v.object({ check: v.string(), ok: v.boolean() })),
  rates: v.array(v.object({ id: v.string() })),
})

export type ReadRun = { readonly ok: true; readonly run: RunRecord } | { readonly ok: false; readonly message: string }

export function readRun(path: string): ReadRun {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return {
      ok: false,
      message: `${path}: ${code === 'ENOENT' ? 'there is no such file' : `it is no JSON: ${message}`}`,
    }
  }
  const parsed = v.safeParse(shape, value)
  if (parsed.success) return { ok: true, run: value as RunRecord }
  const [issue] = parsed.issues
  return { ok: false, message: `${path}: ${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}` }
}
