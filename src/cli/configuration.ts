/**
 * Which configuration a command works with: `--config`, else `MERIDIAN_CONFIG`, else `meridian.yaml` in the current
 * folder where there is one, else the defaults.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config, Origin } from '../config/index.ts'
import { formatConfigError, loadConfig } from '../config/index.ts'
import type { Invocation, Outcome } from './command.ts'
import { misconfigured } from './command.ts'

export const configFileName = 'meridian.yaml'

/** As it was named, or null for none. */
export function configFile({ options, io }: Invocation): string | null {
  if (typeof options.config === 'string') return options.config
  if (io.env.MERIDIAN_CONFIG) return io.env.MERIDIAN_CONFIG
  return existsSync(resolve(io.cwd, configFileName)) ? configFileName : null
}

export type Loaded =
  | {
      readonly ok: true
      readonly config: Config
      readonly origins: ReadonlyMap<string, Origin>
      readonly file: string | null
    }
  | { readonly ok: false; readonly outcome: Outcome }

export function loadConfiguration(invocation: Invocation): Loaded {
  const file = configFile(invocation)
  const { env, cwd } = invocation.io
  const result = loadConfig({ file, env, cwd })
  if (result.ok) return { ...result, file }
  const lines = result.errors.map(formatConfigError)
  return { ok: false, outcome: misconfigured(lines.join('\nmeridian: '), { errors: result.errors }) }
}
