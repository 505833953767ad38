/**
 * `meridian clock accept`: for a store that was written under a clock that ran ahead. Takes the machine's clock as
 * right from now on; what would have expired by the wrong one lives that much longer.
 */
import { dataPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'

export const description: CommandDescription = {
  path: ['clock', 'accept'],
  purpose: 'take this machine’s clock as right, though the store says later',
  details: [
    'A server refuses to start when its store was last written more than a day ahead of the clock: one of the two is',
    'wrong. Set the clock first; if it is right, this command makes the store believe it.',
  ].join('\n'),
  examples: [
    { line: 'meridian clock accept', text: 'while no server runs' },
    { line: 'meridian clock accept --json | jq .result.before', text: 'when the store says it was last written' },
  ],
  exitCodes: { 1: 'the store cannot be opened, or a server runs' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { acceptClock, lockDataFolder } = await import('../../store/index.ts')
  const paths = dataPaths(loaded.config)
  const locked = lockDataFolder(paths.folder, 'meridian clock accept', Date.now())
  if (!locked.ok) return failed(locked.fault.message)
  try {
    const accepted = await acceptClock(paths.store, Date.now())
    if (!accepted.ok) return failed(accepted.fault.message)
    const { beforeMs, nowMs } = accepted.value
    const text = `the store was last written at ${iso(beforeMs)}; it now says ${iso(nowMs)}`
    return done({ before: iso(beforeMs), now: iso(nowMs) }, text)
  } finally {
    locked.value.release()
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
