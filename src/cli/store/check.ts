/**
 * `meridian store check`: reads every record and says which cannot be read. Changes nothing.
 */
import type { AdminResult, StoreCheck } from '../../admin/index.ts'
import { denied } from '../../admin/index.ts'
import type { Config } from '../../config/index.ts'
import { dataPaths } from '../../config/index.ts'
import { connectAdmin } from '../admin-client.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { refusedOutcome } from '../open-backend.ts'

export const description: CommandDescription = {
  path: ['store', 'check'],
  purpose: 'read every record and say which cannot be read',
  details: 'Changes nothing. A start of the server sets unreadable records aside; they are counted as quarantined.',
  examples: [
    { line: 'meridian store check', text: 'also while the server runs' },
    { line: 'meridian store check --json | jq .result.faults', text: 'the first hundred faults' },
  ],
  exitCodes: { 1: 'a record cannot be read, or the store cannot be opened', 2: 'records were set aside earlier' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const result = await examineStore(loaded.config)
  if (!result.ok) return refusedOutcome(result)
  const { records, unreadable, faults, quarantined } = result.value
  const text = `${records} records, ${unreadable} unreadable, ${quarantined} quarantined`
  if (unreadable > 0) {
    const lines = faults.map(({ key, reason }) => `${JSON.stringify(key)}: ${reason}`)
    return failed(`${unreadable} records cannot be read`, result.value, [text, ...lines].join('\n'))
  }
  return doneWithWarnings(result.value, text, quarantined > 0 ? [`${quarantined} records are in quarantine`] : [])
}

/** Asks the server where one runs. */
export async function examineStore(config: Config, timeoutMs?: number): Promise<AdminResult<StoreCheck>> {
  const client = await connectAdmin(dataPaths(config).adminSocket, timeoutMs)
  return client ? client.storeCheck() : checkStopped(config)
}

/** Read-only and under the folder's lock: opening it as a server would sets unreadable records aside. */
async function checkStopped(config: Config): Promise<AdminResult<StoreCheck>> {
  const { LmdbDisk, lockDataFolder } = await import('../../store/index.ts')
  const { storeCareOf } = await import('../../admin/index.ts')
  const paths = dataPaths(config)
  const locked = lockDataFolder(paths.folder, 'meridian store check', Date.now())
  if (!locked.ok) return denied('unavailable', locked.fault.message)
  try {
    const opened = LmdbDisk.open(paths.store, { readOnly: true })
    if (!opened.ok) return denied('failed', opened.detail)
    return await storeCareOf(opened.disk, Date.now)
      .check()
      .finally(() => opened.disk.close())
  } finally {
    locked.value.release()
  }
}
