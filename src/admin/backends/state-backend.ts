/**
 * The parts of the admin backend that say how a running server is, and that make backups where the configuration says.
 */

import type { BackupsBackend, StateBackend, StateBook } from '../acts/state-acts.ts'
import type { AdminPorts } from '../ports.ts'
import { denied, granted } from '../result.ts'

const notRunning = 'the server does not run (`meridian serve`)'

export const stateNeedsServer: StateBook = {
  summary: async () => null,
  topology: () => null,
  links: async () => null,
  report: () => null,
}

export function createStateBackend({ state }: AdminPorts): StateBackend {
  return {
    async summary() {
      const summary = await state.summary()
      return summary === null ? denied('unavailable', notRunning) : granted(summary)
    },
    topology: async () => granted(state.topology()),
    links: async () => granted(await state.links()),
    async report() {
      const report = state.report()
      return typeof report === 'string' ? denied('failed', report) : granted(report)
    },
  }
}

export function createBackupsBackend(
  { backups, now }: AdminPorts,
  backup: (folder: string) => ReturnType<BackupsBackend['make']>,
): BackupsBackend {
  return {
    list: async () => granted(await backups.list()),
    make: () => backup(backups.newFolder(now())),
  }
}
