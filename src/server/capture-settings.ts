/**
 * From the section `hep` to what workers are told; null where no collector is named.
 */
import type { Config } from '../config/index.ts'
import type { ShardWorkerData } from '../runtime/index.ts'

export function captureSettings({ hep }: Config): ShardWorkerData['hep'] {
  const { host } = hep
  return host === null ? null : { ...hep, host }
}
