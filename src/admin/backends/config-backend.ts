/**
 * The part of the admin backend that has the configuration read again. What was taken over is in the audit.
 */
import type { ConfigBackend, ConfigBook } from '../acts/config-acts.ts'
import type { AdminPorts } from '../ports.ts'
import { denied, granted } from '../result.ts'

export const configNeedsServer: ConfigBook = {
  reload: async () => 'the server does not run; it reads its configuration when it starts (`meridian serve`)',
}

export function createConfigBackend({ config, audit, now }: AdminPorts): ConfigBackend {
  return {
    async reload() {
      const report = await config.reload()
      if (typeof report === 'string') return denied('unavailable', report)
      if (report.outcome === 'taken-over') {
        const detail = [...report.applied, ...report.reconnect].map(({ key }) => key).join(', ')
        await audit.append({ atMs: now(), event: 'config.reload', subject: report.file ?? '', revokes: false, detail })
      }
      return granted(report)
    },
  }
}
