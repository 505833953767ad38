/**
 * The part of the admin backend that records traffic. Every beginning and end is in the audit: what users do is written
 * down meanwhile, if only as numbers.
 */
import { isAbsolute } from 'node:path'
import type { RecordingStatus, TrafficBackend, TrafficBook } from '../acts/traffic-acts.ts'
import type { AdminPorts } from '../ports.ts'
import { type AdminResult, denied, granted } from '../result.ts'

const hoursMax = 168
const notRunning = 'the server does not run; traffic is recorded while it does (`meridian serve`)'

/** Without a server there is no traffic. */
export const trafficNeedsServer: TrafficBook = {
  start: async () => notRunning,
  stop: async () => notRunning,
  status: () => ({ isRecording: false, file: '', rows: 0, bytes: 0 }),
}

export function createTrafficBackend({ traffic, audit, now }: AdminPorts): TrafficBackend {
  const audited = async (event: string, outcome: RecordingStatus | string): Promise<AdminResult<RecordingStatus>> => {
    if (typeof outcome === 'string') return denied('unavailable', outcome)
    await audit.append({ atMs: now(), event, subject: outcome.file, revokes: false })
    return granted(outcome)
  }
  return {
    async record(file, hours) {
      if (!isAbsolute(file)) return denied('invalid', `${file}: the whole path is wanted`)
      if (!(hours > 0 && hours <= hoursMax))
        return denied('invalid', `${hours} hours: from a part of one to ${hoursMax}`)
      return audited('traffic.record', await traffic.start(file, hours))
    },
    stop: async () => audited('traffic.stop', await traffic.stop()),
    status: async () => granted(traffic.status()),
  }
}
