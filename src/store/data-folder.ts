/**
 * Names within a data folder, for everything that belongs to the store.
 */
import { join } from 'node:path'

/** Holds `data.mdb`. */
export function storeFolder(dataFolder: string): string {
  return join(dataFolder, 'store')
}

/** A restore prepares the copy here, then moves it into place. */
export function restoringFolder(dataFolder: string): string {
  return join(dataFolder, 'store.restoring')
}

/** What a restore found in the place; the administrator removes it. */
export function replacedFolder(dataFolder: string, nowMs: number): string {
  return join(dataFolder, `store.replaced-${nowMs}`)
}

export function backupsFolder(dataFolder: string): string {
  return join(dataFolder, 'backups')
}
