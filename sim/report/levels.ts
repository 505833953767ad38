/**
 * The service levels: what is promised to users, from the moment when something should happen to the moment when a
 * client has parsed the result, in milliseconds, and how many may fail. Some are wider in a preset or on a machine of
 * 2003.
 */
import type { LevelId } from '../measure/run-record.ts'

export interface LevelLimits {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  /** Of all. */
  readonly max: number | null
}

export interface LevelDefinition {
  readonly id: LevelId
  readonly name: string
  readonly what: string
  readonly limitMs: LevelLimits
  /** Part of all that may fail. */
  readonly failuresAllowed: number
}

const level = (
  id: LevelId,
  name: string,
  what: string,
  [p50, p95, p99, max]: readonly [number | null, number | null, number | null, number | null],
  failuresAllowed: number,
): LevelDefinition => ({ id, name, what, limitMs: { p50, p95, p99, max }, failuresAllowed })

const rare = 0.0001

const usual: readonly LevelDefinition[] = [
  level('D1', 'register', 'REGISTER to its final 2xx, the challenge included', [50, 250, 1_000, null], rare),
  level('D2', 'sign-on', 'connecting to the first full state of all contacts', [500, 2_000, 4_000, null], 0.001),
  level('D3', 'message', 'MESSAGE due to the first device that has it', [100, 300, 1_000, null], rare),
  level('D4', 'message answer', 'MESSAGE to 200 or 202', [100, 400, 1_500, null], rare),
  level('D5', 'presence', 'PUBLISH to the NOTIFY at each watcher', [300, 800, 1_000, null], rare),
  level('D6', 'convergence', 'end of a storm to every watcher showing the newest', [null, null, null, 30_000], 0),
  level('D7', 'contact list', 'fetch, or first full NOTIFY', [200, 1_000, 2_000, null], rare),
  level('D8', 'restart: ready', 'SIGKILL to ready', [null, null, null, 2_000], 0),
  level('D9', 'restart: all back', 'ready to 99.9 % signed in and converged', [null, null, null, 90_000], 0),
]

/** Beyond the limit messages that are let in must still be in time; the rest may wait, or is refused. */
const underOverload: readonly LevelId[] = ['D3']

/** Preset `*` is any. */
const wider: readonly { preset: string; profile: RegExp; id: LevelId; limitMs: Partial<LevelLimits> }[] = [
  { preset: 'morning', profile: /./, id: 'D2', limitMs: { p99: 8_000 } },
  { preset: 'morning', profile: /./, id: 'D5', limitMs: { p99: 2_000 } },
  { preset: '*', profile: /^lcs2003/, id: 'D8', limitMs: { max: 20_000 } },
  { preset: '*', profile: /^lcs2003-home$/, id: 'D9', limitMs: { max: 300_000 } },
]

/** Overload goodput (D10) is no latency: it is judged with the budgets. */
export function levelsFor(preset: string, profile: string): readonly LevelDefinition[] {
  return (preset === 'overload' ? usual.filter(({ id }) => underOverload.includes(id)) : usual).map((each) => {
    const rows = wider.filter((row) => row.id === each.id && row.profile.test(profile))
    const changes = rows.filter((row) => row.preset === '*' || row.preset === preset).map(({ limitMs }) => limitMs)
    return { ...each, limitMs: Object.assign({ ...each.limitMs }, ...changes) as LevelLimits }
  })
}

/** Memory, disk at rest, delay of the event loop and goodput under overload, judged like levels. */
export const budgets = {
  memoryBasePerServerBytes: 250 * 2 ** 20,
  memoryPerDeviceBytes: 100 * 2 ** 10,
  diskPerUserBytes: 8 * 2 ** 10,
  eventLoopP99Ms: 50,
  /** At three times the limit, of what is served at the limit; at least. */
  overloadGoodput: 0.9,
} as const
