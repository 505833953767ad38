/**
 * What a run in virtual time, which knows TCP only, would have taken over TLS: handshakes by the plan, each with the
 * reference core's time, records around messages, and the memory of a connection. Projected like the run itself.
 */
import type { RunRecord, ServerRecord } from '../measure/run-record.ts'
import { reference } from '../profiles/calibrate/reference.ts'
import { signedInDevices, windowSeconds } from '../report/judge-input.ts'
import { plannedRates } from '../workload/planned-rates.ts'
import type { Workload } from '../workload/workload.ts'

/** Of node's TLS, with its buffers; `docs/live-driver.md` has the reading. */
const connectionBytes = 48.5 * 1_024
/** RFC 8446 §5.2: header, content type and tag around each message. */
const recordBytes = 22

export function overTls(record: RunRecord, workload: Workload): RunRecord {
  const perSecond = plannedRates(workload, true).find(({ id }) => id === 'handshake')?.perSecond ?? 0
  const handshakes = perSecond * windowSeconds(record)
  const server = record.server && withTls(record.server, handshakes, workload, signedInDevices(record))
  return {
    ...record,
    transport: 'tls',
    operations: record.operations.map((operation) => {
      const { id, count, bytesIn, bytesOut } = operation
      if (id === 'handshake') return { ...operation, count: Math.round(handshakes) }
      return { ...operation, bytesIn: bytesIn + count * recordBytes, bytesOut: bytesOut + count * recordBytes }
    }),
    ...(server && { server }),
  }
}

/** A calibration makes both ends of a handshake. Tickets that are still good spare the certificate's part. */
function withTls(server: ServerRecord, handshakes: number, { parameters }: Workload, devices: number): ServerRecord {
  const { 'tls-full': full, 'tls-resume': resumed } = reference.kernels
  const { tlsResumption } = parameters
  const bothEndsUs = full.totalUs * (1 - tlsResumption) + resumed.totalUs * tlsResumption
  const each = (bothEndsUs / 2) * reference.scores.general
  const bytes = devices * connectionBytes
  return {
    ...server,
    cpuUserUs: server.cpuUserUs + handshakes * each,
    residentBytes: server.residentBytes + bytes,
    residentMaxBytes: server.residentMaxBytes + bytes,
  }
}
