/**
 * The configuration as a whole: what in it is seldom meant, and who may read it.
 */
import { existsSync, statSync } from 'node:fs'
import { type Config, configWarnings, describeKeys, type Origin } from '../config/index.ts'
import { type Finding, Findings } from './finding.ts'

export interface ConfigurationQuestion {
  readonly config: Config
  readonly origins: ReadonlyMap<string, Origin>
  /** Absolute; null: defaults and environment alone. */
  readonly file: string | null
}

export function checkConfiguration({ config, origins, file }: ConfigurationQuestion): readonly Finding[] {
  const found = new Findings('configuration')
  found.right(file ?? 'defaults', 'no mistakes')
  for (const warning of configWarnings(config)) {
    const [setting = '', ...reason] = warning.split(': ')
    found.warning(setting, reason.join(': '), 'change it unless it is meant')
  }
  const secrets = describeKeys().filter(({ secret, path }) => secret && origins.get(path)?.kind === 'file')
  if (file !== null && existsSync(file) && secrets.length > 0 && (statSync(file).mode & 0o004) !== 0) {
    const keys = secrets.map(({ path }) => path).join(', ')
    const cure = `chmod 640 ${file}, or keep the secret in a file of its own (${keys}File)`
    found.warning(file, `holds secrets (${keys}) and can be read by every user of this machine`, cure)
  }
  return found.all
}
