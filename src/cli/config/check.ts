/**
 * `meridian config check`: looks for mistakes in the configuration without starting anything.
 */
import { accessSync, constants, statSync } from 'node:fs'
import { type Config, configWarnings, namedPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, misconfigured } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { fileFault } from '../file-fault.ts'

export const description: CommandDescription = {
  path: ['config', 'check'],
  purpose: 'look for mistakes in the configuration',
  details: 'Files that it names must be there, and be readable for whoever runs this: run it as the server’s user.',
  examples: [
    { line: 'meridian config check', text: 'checks meridian.yaml in the current folder, or the defaults' },
    { line: 'meridian config check --config /etc/meridian.yaml', text: 'checks that file before a reload' },
  ],
  exitCodes: { 2: 'right, but something in it is seldom meant' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const faults = fileFaults(loaded.config)
  if (faults.length > 0) return misconfigured(faults.join('\nmeridian: '), { errors: faults })
  const warnings = configWarnings(loaded.config)
  const text = `${loaded.file ?? 'the defaults'}: no mistakes`
  return doneWithWarnings({ file: loaded.file, warnings }, text, warnings)
}

function fileFaults(config: Config): readonly string[] {
  // The first start makes the data folder.
  return namedPaths(config)
    .filter(({ key }) => key !== 'server.dataFolder')
    .flatMap(({ key, path }) => {
      const fault = readFault(path)
      return fault === null ? [] : [`${key}: cannot read ${path}: ${fault}`]
    })
}

function readFault(path: string): string | null {
  try {
    accessSync(path, constants.R_OK)
    return statSync(path).isFile() ? null : 'it is no file'
  } catch (error) {
    return fileFault(error)
  }
}
