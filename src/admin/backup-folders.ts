/**
 * Where backups go that are asked for without a folder, and those that this installation has made: they are in its
 * audit log.
 */
import { join } from 'node:path'
import type { BackupBook } from './acts/state-acts.ts'

/** `dataFolder`: of the audit log; `folder`: new ones are folders of it. Both are read at each use. */
export function backupBook(places: () => { readonly dataFolder: string; readonly folder: string }): BackupBook {
  return {
    newFolder: (atMs) => join(places().folder, new Date(atMs).toISOString().replaceAll(/[:.]/g, '-')),
    async list() {
      // Loaded late: whoever only asks a running server does without the database's native code.
      const { readAudit } = await import('../store/index.ts')
      const entries = await readAudit(places().dataFolder)
      const made = entries.filter(({ event }) => event === 'store.backup')
      return made.map(({ subject, atMs }) => ({ folder: subject, atMs })).reverse()
    },
  }
}
