/**
 * `meridian init`: writes a configuration file and makes the data folder. What a start needs besides (certificates,
 * store) the start makes itself.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { dataPaths, formatConfigError, loadConfig, sampleYaml } from '../config/index.ts'
import { loadOrCreateHa1Key } from '../directory/index.ts'
import type { CommandDescription, CommandIo, Invocation, Outcome } from './command.ts'
import { done, failed, misused } from './command.ts'
import { configFileName } from './configuration.ts'
import { fileFault } from './file-fault.ts'

export const description: CommandDescription = {
  path: ['init'],
  purpose: 'write a configuration file and make the data folder',
  details: [
    'Never overwrites a file, and refuses a data folder that holds a store already. The data folder is for its owner',
    'only; the key in secrets/ seals password digests and belongs into a backup of its own.',
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
  exitCodes: { 1: 'there is a configuration file or a store already, or a folder cannot be written' },
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
  const { folder: dataFolder, store } = dataPaths(loaded.config)
  if (existsSync(join(store, 'data.mdb'))) return failed(storeIsThere(dataFolder))
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, yaml, { flag: 'wx' })
  } catch (error) {
    return failed(`cannot write ${file}: ${fileFault(error)}`)
  }
  return makeDataFolder(file, dataFolder, io)
}

/** Its users and certificate belong to the domain that it was made for: under another one nobody could sign in. */
function storeIsThere(dataFolder: string): string {
  return (
    `${dataFolder} holds a store already, made for the domain that it served; choose a new folder with --folder, or ` +
    `write a configuration for this store with \`meridian config sample > ${configFileName}\``
  )
}

function makeDataFolder(file: string, dataFolder: string, io: CommandIo): Outcome {
  const found = existsSync(dataFolder)
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  } catch (error) {
    return failed(`cannot make ${dataFolder}: ${fileFault(error)}`)
  }
  const key = loadOrCreateHa1Key(dataFolder)
  if (!key.ok) return failed(key.message)
  const next = nextLine(dirname(file), io)
  const folderLine = `${found ? 'found' : 'made '} ${dataFolder}`
  return done(
    { configFile: file, dataFolder, madeDataFolder: !found, next },
    `wrote ${file}\n${folderLine}\nnext: ${next}`,
  )
}

/** npx finds our own command below the clone's folder only: from anywhere else the launcher is called by its path. */
function nextLine(folder: string, io: CommandIo): string {
  const clone = resolve(import.meta.dirname, '../..')
  const isClone = existsSync(join(clone, 'src/main.ts'))
  const isHere = folder === io.cwd
  if (!isClone) return isHere ? 'meridian serve' : `cd ${folder} && meridian serve`
  if (folder === clone || folder.startsWith(`${clone}${sep}`)) {
    return isHere ? 'npx meridian serve' : `cd ${folder} && npx meridian serve`
  }
  return `${isHere ? '' : `cd ${folder} && `}${join(clone, 'bin/meridian')} serve`
}
