/**
 * `meridian init`: writes a configuration file and makes the data folder. What a start needs besides (certificates,
 * store) the start makes itself.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { formatConfigError, loadConfig, sampleYaml } from '../config/index.ts'
import { loadOrCreateHa1Key } from '../directory/index.ts'
import type { CommandDescription, Invocation, Outcome } from './command.ts'
import { done, failed, misused } from './command.ts'
import { configFileName } from './configuration.ts'

export const description: CommandDescription = {
  path: ['init'],
  purpose: 'write a configuration file and make the data folder',
  details: [
    'Never overwrites a file. The data folder is for its owner only; the key in secrets/ seals password digests and',
    'belongs into a backup of its own.',
  ].join(' '),
  withoutConfig: true,
  options: [
    { flags: '--folder <folder>', text: 'where the file and the data go', default: 'the current folder' },
    { flags: '--domain <name>', text: 'the SIP domain of your users', default: 'example.test' },
  ],
  examples: [
    { line: 'meridian init --domain example.org', text: 'writes meridian.yaml and data/ in the current folder' },
    { line: 'meridian init --folder /srv/meridian', text: 'does the same there' },
  ],
  exitCodes: { 1: 'there is a configuration file already, or a folder cannot be written' },
}

export async function run({ options, io }: Invocation): Promise<Outcome> {
  const folder = resolve(io.cwd, String(options.folder ?? '.'))
  const file = join(folder, configFileName)
  if (existsSync(file)) return failed(`${file} exists already; \`meridian config check\` looks for mistakes in it`)
  const domain = options.domain === undefined ? null : String(options.domain)
  const yaml = sampleYaml(new Map(domain === null ? [] : [['domain.name', domain]]))
  const env = domain === null ? {} : { MERIDIAN__DOMAIN__NAME: domain }
  const loaded = loadConfig({ file: null, env, cwd: folder })
  if (!loaded.ok)
    return misused(loaded.errors.map((error) => formatConfigError({ ...error, variable: '--domain' })).join('\n'))
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, yaml, { flag: 'wx' })
  } catch (error) {
    return failed(`cannot write ${file}: ${(error as NodeJS.ErrnoException).code ?? error}`)
  }
  return makeDataFolder(file, loaded.config.server.dataFolder)
}

function makeDataFolder(file: string, dataFolder: string): Outcome {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  } catch (error) {
    return failed(`cannot make ${dataFolder}: ${(error as NodeJS.ErrnoException).code ?? error}`)
  }
  const key = loadOrCreateHa1Key(dataFolder)
  if (!key.ok) return failed(key.message)
  const next = `cd ${dirname(file)} && meridian serve`
  return done({ configFile: file, dataFolder, next }, `wrote ${file}\nmade  ${dataFolder}\nnext: ${next}`)
}
