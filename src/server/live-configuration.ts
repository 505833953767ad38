/**
 * The configuration while the server runs: read again when its file changes, on SIGHUP or when an administrator asks.
 * What is wrong changes nothing; what is right is taken over key by key, as far as each can be without a restart.
 */
import type { ChangedKey, ReloadReport } from '../admin/index.ts'
import { type CertificateWatch, watchCertificates } from '../certificates/index.ts'
import {
  type Config,
  type ConfigError,
  configChanges,
  type LoadResult,
  maskedConfig,
  type Origin,
  type Reload,
  takenOver,
  valueAt,
} from '../config/index.ts'
import type { Log } from '../ports/log.ts'
import type { MetricSample } from '../runtime/index.ts'

/** Where the configuration comes from, the same at each reading. */
export interface ConfigSource {
  /** As it was named at the start; null: defaults and environment alone. */
  readonly file: string | null
  load(): LoadResult
}

export interface LiveConfigurationParts {
  /** As it was read for this start. */
  readonly config: Config
  readonly source: ConfigSource
  /** What is wrong with the files that it names, looked at before anything changes. */
  faults(config: Config, origins: ReadonlyMap<string, Origin>): readonly ConfigError[]
  /** Tells everybody who lives by it; resolves with the workers that did not confirm in time. */
  apply(config: Config, before: Config): Promise<readonly number[]>
  readonly log: Log
}

/** Of a file in which everything is wrong, the log says this much. */
const loggedErrorsMax = 20
/** An editor may write a file in several steps. */
const settleMs = 200

export class LiveConfiguration {
  readonly #parts: LiveConfigurationParts
  #config: Config
  #last: Promise<unknown> = Promise.resolve()
  #watch: CertificateWatch | null = null
  #watchedFiles = ''
  #isClosed = false
  #isRefused = false
  #pendingCount = 0
  readonly #reloads: Record<ReloadReport['outcome'], number> = { 'taken-over': 0, unchanged: 0, refused: 0 }

  constructor(parts: LiveConfigurationParts) {
    this.#parts = parts
    this.#config = parts.config
  }

  /** In force: keys that wait for a restart have their values before. */
  get config(): Config {
    return this.#config
  }

  /** From here on changes of the files are noticed, those since they were read for the start included. */
  async begin(): Promise<void> {
    await this.reload()
  }

  /** Readings wait for one another: each sees what the one before has made of it. */
  reload(): Promise<ReloadReport> {
    const next = this.#last.then(() => this.#reload())
    this.#last = next.catch(() => undefined)
    return next
  }

  close(): void {
    this.#isClosed = true
    this.#watch?.close()
  }

  get samples(): readonly MetricSample[] {
    const none = { labels: {}, bounds: [], counts: [] }
    const failed = 'Whether the configuration file, as it stands, was refused when it was read last (1) or not (0).'
    const pending = 'Keys whose value in the file waits for a restart.'
    const reloads = Object.entries(this.#reloads).map(([outcome, value]) => {
      const help = 'Readings of the configuration while the server runs, by what came of them.'
      return {
        ...none,
        name: 'meridian_config_reloads_total',
        kind: 'counter',
        help,
        labels: { outcome },
        value,
      } as const
    })
    return [
      { ...none, name: 'meridian_config_reload_failed', kind: 'gauge', help: failed, value: Number(this.#isRefused) },
      { ...none, name: 'meridian_config_restart_pending', kind: 'gauge', help: pending, value: this.#pendingCount },
      ...reloads,
    ]
  }

  async #reload(): Promise<ReloadReport> {
    const { source, faults } = this.#parts
    const loaded = source.load()
    this.#watchFiles(loaded.files)
    if (!loaded.ok) return this.#refuse(loaded.errors)
    const next = takenOver(this.#config, loaded.config)
    const found = faults(next, loaded.origins)
    return found.length > 0 ? this.#refuse(found) : this.#takeOver(next, loaded.config)
  }

  async #takeOver(next: Config, wanted: Config): Promise<ReloadReport> {
    const before = this.#config
    const { source, apply } = this.#parts
    const applied = changedKeys(before, next, 'live')
    const reconnect = changedKeys(before, next, 'reconnect')
    const restart = changedKeys(before, wanted, 'restart')
    this.#isRefused = false
    this.#pendingCount = restart.length
    const isNew = applied.length + reconnect.length > 0
    this.#config = next
    const unconfirmedWorkers = isNew ? await apply(next, before) : []
    const outcome = isNew || restart.length > 0 ? 'taken-over' : 'unchanged'
    const report = {
      file: source.file,
      applied,
      reconnect,
      restart,
      rejected: [],
      unconfirmedWorkers,
      outcome,
    } as const
    return this.#told(report)
  }

  #refuse(rejected: readonly ConfigError[]): ReloadReport {
    this.#isRefused = true
    const nothing = { applied: [], reconnect: [], restart: [], unconfirmedWorkers: [] }
    return this.#told({ outcome: 'refused', file: this.#parts.source.file, ...nothing, rejected })
  }

  #told(report: ReloadReport): ReloadReport {
    const { log } = this.#parts
    const { outcome, file, applied, reconnect, restart, rejected, unconfirmedWorkers } = report
    this.#reloads[outcome]++
    for (const { line, column, key, message, nearestKey, variable } of rejected.slice(0, loggedErrorsMax)) {
      const place = { file, line, column, variable: variable ?? undefined }
      log.write('error', 'config.refused', {
        ...place,
        setting: key,
        problem: nearestKey ? `${message}; did you mean ${nearestKey}?` : message,
      })
    }
    if (outcome !== 'taken-over') return report
    const names = (keys: readonly ChangedKey[]) => keys.map(({ key }) => key).join(', ') || undefined
    const fields = { applied: names(applied), reconnect: names(reconnect), restart: names(restart) }
    log.write(restart.length > 0 ? 'warn' : 'info', 'config.reloaded', { file, ...fields })
    for (const worker of unconfirmedWorkers) log.write('error', 'config.worker-late', { worker })
    return report
  }

  /** Which files there are may change with what stands in them. */
  #watchFiles(files: readonly string[]): void {
    const names = files.join('\0')
    if (this.#isClosed || (this.#watch !== null && names === this.#watchedFiles)) return
    this.#watch?.close()
    this.#watchedFiles = names
    const options = { settleMs, tellsMissing: true }
    this.#watch = files.length === 0 ? null : watchCertificates(files, () => void this.reload(), options)
  }
}

function changedKeys(before: Config, after: Config, reload: Reload): readonly ChangedKey[] {
  const shown = [before, after].map((config) => maskedConfig(config) as unknown as Config) as [Config, Config]
  return configChanges(before, after)
    .filter((change) => change.reload === reload)
    .map(({ path }) => ({ key: path, from: valueAt(shown[0], path), to: valueAt(shown[1], path) }))
}
