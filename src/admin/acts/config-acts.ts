/**
 * The configuration of a running server, as administrators ask for it: read again, and what came of it.
 */
import type { ConfigError } from '../../config/index.ts'
import type { AdminResult } from '../result.ts'

export interface ChangedKey {
  /** `registrar.devicesMax` */
  readonly key: string
  /** Of the value in force before; a secret that is set is `(set)`. */
  readonly from: unknown
  readonly to: unknown
}

export interface ReloadReport {
  /** `refused`: nothing was taken over, the configuration in force is untouched. */
  readonly outcome: 'taken-over' | 'unchanged' | 'refused'
  /** As it was named at the start; null: defaults and environment alone. */
  readonly file: string | null
  /** In force now. */
  readonly applied: readonly ChangedKey[]
  /** In force for what is opened from now on; open flows go on by the values before. */
  readonly reconnect: readonly ChangedKey[]
  /** Not in force: the file says otherwise, and the next start will follow it. */
  readonly restart: readonly ChangedKey[]
  readonly rejected: readonly ConfigError[]
  /** Workers that did not confirm in time that they follow; they were told. */
  readonly unconfirmedWorkers: readonly number[]
}

export interface ConfigBackend {
  reload(): Promise<AdminResult<ReloadReport>>
}

/** What the backend stands on. */
export interface ConfigBook {
  /** Text: there is no server whose configuration could be read again. */
  reload(): Promise<ReloadReport | string>
}
