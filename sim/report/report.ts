/**
 * A capacity report as data: `report.json`, from which terminal summary and page are made. The validator is the
 * definition; `docs/report.schema.json` is generated from it.
 */
import * as v from 'valibot'
import { labels } from '../measure/run-record.ts'
import { profileSchema } from '../profiles/profile.ts'

export const reportVersion = 'meridian-report/1'

const number = v.number()
const text = v.string()
const label = v.picklist(labels)
const orNull = v.nullable(number)
const byBound = v.strictObject({ low: number, mid: number, high: number })
const percentiles = v.strictObject({ p50: orNull, p95: orNull, p99: orNull, max: orNull })

const levelSchema = v.strictObject({
  id: text,
  name: text,
  what: text,
  /** Of the run at this conversion; `only` where one run speaks for all. */
  bound: v.picklist(['low', 'mid', 'high', 'only']),
  label,
  limitMs: percentiles,
  seenMs: percentiles,
  count: number,
  failures: number,
  failuresAllowed: number,
  causes: v.record(text, number),
  p99Judged: v.boolean(),
  ok: v.boolean(),
})

const resourceSchema = v.strictObject({
  id: v.picklist(['cpu', 'thread', 'memory', 'disk', 'link']),
  name: text,
  use: byBound,
  target: number,
  label,
  detail: text,
})

const operationSchema = v.strictObject({
  id: text,
  count: number,
  perSecond: number,
  plannedPerSecond: orNull,
  perUserHour: number,
  bytesIn: number,
  bytesOut: number,
  /** Of each, as apportioned (`work.ts`); null where the server does not say what its time goes to. */
  cpuUserUs: v.optional(orNull, null),
  cpuSystemUs: v.optional(orNull, null),
  /** Of the server's processor time. */
  cpuShare: v.optional(orNull, null),
  /** Of each, on one CPU of the profile. */
  profileMs: v.optional(v.nullable(byBound), null),
})

const demandSchema = v.strictObject({
  resource: text,
  visits: number,
  serviceMs: number,
  demandMs: number,
  utilisation: number,
  boundPerSecond: number,
})

const workSchema = v.strictObject({
  work: text,
  operation: v.nullable(text),
  seconds: number,
  pieces: number,
  share: number,
})

const sensitivitySchema = v.strictObject({
  label,
  rows: v.array(v.strictObject({ name: text, limit: orNull, ratio: orNull, limitedBy: text })),
  /** Percent of the limit for each percent of the parameter. */
  elasticities: v.array(v.strictObject({ parameter: text, value: number })),
})

const budgetSchema = v.strictObject({
  id: text,
  name: text,
  reading: number,
  limit: number,
  unit: text,
  label,
  ok: v.boolean(),
})

const machineSchema = v.strictObject({
  cpu: text,
  cpuId: text,
  microcode: text,
  cores: number,
  memoryMb: number,
  kernel: text,
  governor: text,
  runtime: text,
  virtual: v.boolean(),
})

export const reportSchema = v.strictObject({
  schema: v.literal(reportVersion),
  generatedAt: text,
  label,
  verdict: v.strictObject({
    word: v.picklist(['fits', 'borderline', 'does-not-fit', 'INVALID']),
    users: number,
    limitedBy: text,
    headroom: byBound,
    limit: v.nullable(v.strictObject({ ...byBound.entries, how: v.picklist(['searched', 'extrapolated']) })),
    label,
    sentence: text,
    paragraph: text,
  }),
  run: v.strictObject({
    id: text,
    preset: text,
    quick: v.boolean(),
    driver: v.picklist(['live', 'virtual']),
    users: number,
    seed: number,
    modelVersion: number,
    parameters: v.record(text, v.union([number, text, v.boolean()])),
    transport: text,
    windows: v.strictObject({ warmUpMs: number, measureMs: number }),
    speed: number,
    server: text,
    version: text,
    commit: text,
    endedEarly: v.nullable(text),
    traceHash: v.nullable(text),
    repeat: text,
  }),
  machine: v.strictObject({
    ...machineSchema.entries,
    calibration: v.nullable(
      v.strictObject({
        at: text,
        commit: text,
        steady: v.boolean(),
        scores: v.strictObject({ general: number, kernel: number, asym: number, sym: number }),
      }),
    ),
  }),
  profile: profileSchema,
  conversion: v.strictObject({
    origin: text,
    mix: byBound,
    cost: v.record(text, number),
    reading: v.optional(text, ''),
  }),
  levels: v.array(levelSchema),
  resources: v.array(resourceSchema),
  budgets: v.array(budgetSchema),
  operations: v.array(operationSchema),
  perUser: v.array(v.strictObject({ id: text, name: text, value: number, unit: text, label })),
  series: v.array(
    v.strictObject({ id: text, unit: text, label, t0Ms: number, stepMs: number, values: v.array(orNull) }),
  ),
  /** Of a load that grew beyond the limit; each list has one value for each load. */
  goodput: v.optional(
    v.nullable(
      v.strictObject({
        label,
        /** Times the limit. */
        loads: v.array(number),
        served: v.array(v.strictObject({ name: text, perSecond: v.array(number) })),
        /** A second; a state for each change and device that watched. Empty where it was not counted. */
        statesDue: v.array(number),
        statesInTime: v.array(number),
        devices: v.array(number),
      }),
    ),
    null,
  ),
  histograms: v.record(
    text,
    v.strictObject({ buckets: v.array(number), count: number, clipped: number, maxUs: number }),
  ),
  correctness: v.strictObject({
    lost: number,
    duplicates: number,
    excepted: number,
    stale: number,
    misordered: number,
    unauthorised: number,
    notConverged: number,
    neverSent: number,
    checked: number,
    examples: v.array(text),
    ok: v.boolean(),
  }),
  bottleneck: v.strictObject({
    chain: v.array(text),
    next: v.nullable(text),
    transactionsPerSecond: v.optional(number, 0),
    demands: v.optional(v.array(demandSchema), []),
    work: v.optional(v.array(workSchema), []),
  }),
  sensitivity: v.optional(v.nullable(sensitivitySchema), null),
  validity: v.array(v.strictObject({ check: text, reading: text, limit: text, ok: v.boolean() })),
  warnings: v.array(text),
})

export type Report = v.InferOutput<typeof reportSchema>
export type ReportLevel = Report['levels'][number]
export type ReportResource = Report['resources'][number]
export type ReportSeries = Report['series'][number]
