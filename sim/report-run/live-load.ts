/**
 * A live run of a report: unthrottled, or with the server held inside a profile at one end of its uncertainty and with
 * the profile's disk.
 */
import { drive } from '../live/drive.ts'
import type { Progress } from '../live/progress.ts'
import type { LinkShape } from '../live/shaped-link.ts'
import type { RunRecord } from '../measure/run-record.ts'
import { planLimits, serverEnvironment } from '../profiles/apply/plan-limits.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Windows } from '../workload/plan.ts'
import { HeldServer, holdingWords } from './held-server.ts'
import type { Load } from './load.ts'

export interface LiveContext {
  readonly profile: Profile
  readonly disk: 'usual' | 'worst'
  readonly say: (line: string) => void
  readonly onProgress: (progress: Progress) => void
  readonly signal: AbortSignal
}

export interface Held {
  /** For words: `low`, `mid`, `high`. */
  readonly bound: string
  /** How many times as long this load's mix of work takes on a CPU of the profile. */
  readonly mix: number
}

export type Driven =
  | { readonly ok: true; readonly record: RunRecord; readonly notes: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** `held` null: unthrottled. */
export async function runLiveLoad(
  load: Load,
  windows: Windows,
  held: Held | null,
  context: LiveContext,
): Promise<Driven> {
  const { live, seed } = load
  if (live === null) throw new Error('a load in virtual time cannot be run live')
  const { profile, disk, ...watching } = context
  const { software } = profile
  const server = held ? new HeldServer(planLimits(profile, held.mix)) : null
  const own = {
    ...live.own,
    // As many workers and so much heap as the profile's server has: how work splits into threads depends on it.
    workers: live.own.workers ?? software?.workers ?? null,
    environment: {
      ...(software?.heap_mb !== undefined && { NODE_OPTIONS: withHeap(software.heap_mb) }),
      ...(held && serverEnvironment(profile, seed, disk)),
    },
    ...(server && {
      onProcess: (pid: number) => server.hold(pid),
      beforeStop: () => server.release(),
    }),
  }
  const driven = await drive({ ...live, ...watching, windows, own, link: held ? linkOf(profile) : null })
  if (!driven.ok) return driven
  const { record } = driven
  if (!server || !held) return { ok: true, record, notes: [] }
  return {
    ok: true,
    record: { ...record, label: 'emulated' },
    notes: [...holdingWords(held.bound, server), ...linkWords(held.bound, profile)],
  }
}

/** Null: the profile's link has no limit. */
function linkOf({ net }: Profile): LinkShape | null {
  if (net.link_mbit === null) return null
  return { bytesPerSecond: (net.link_mbit * 1e6) / 8, delayMs: net.rtt_ms / 2 }
}

function linkWords(bound: string, { net }: Profile): readonly string[] {
  if (net.link_mbit === null) return []
  const made = 'made by the simulated users, a millisecond being their smallest time; connecting is not delayed'
  return [`${bound}: a link of ${net.link_mbit} Mbit/s each way and ${net.rtt_ms} ms there and back, ${made}`]
}

function withHeap(heapMb: number): string {
  return [process.env.NODE_OPTIONS, `--max-old-space-size=${heapMb}`].filter(Boolean).join(' ')
}
