/**
 * `meridian config reload`: a running server reads its configuration again, and says key by key what came of it.
 */
import type { ChangedKey, ReloadReport } from '../../admin/index.ts'
import { dataPaths, formatConfigError, loadConfig } from '../../config/index.ts'
import { connectAdmin } from '../admin-client.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, doneWithWarnings, failed, misconfigured } from '../command.ts'
import { configFile } from '../configuration.ts'
import { refusedOutcome } from '../open-backend.ts'

export const description: CommandDescription = {
  path: ['config', 'reload'],
  purpose: 'have a running server read its configuration again',
  details: [
    'The server reads the file that it was started with, as it does by itself when the file changes, and on SIGHUP.',
    'Says which keys are in force now, which are for what is opened from now on, and which wait for a restart. A file',
    'with a mistake in it changes nothing.',
  ].join(' '),
  examples: [
    { line: 'meridian config reload', text: 'reads the file, and says what changed' },
    { line: 'meridian config reload --json', text: 'the same for a program' },
  ],
  exitCodes: {
    1: 'no server runs, or a worker did not follow',
    2: 'taken over, but some keys wait for a restart',
    78: 'the file is wrong, and nothing was changed',
  },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const file = configFile(invocation)
  const { env, cwd } = invocation.io
  const loaded = loadConfig({ file, env, cwd })
  // Where the server's socket is stands in a file that it would refuse too.
  if (!loaded.ok) return outcomeOf({ ...nothingChanged, outcome: 'refused', file, rejected: loaded.errors })
  const { adminSocket } = dataPaths(loaded.config)
  const server = await connectAdmin(adminSocket)
  if (!server) return failed(`no server answers on ${adminSocket}; it reads its configuration when it starts`)
  const result = await server.config.reload()
  return result.ok ? outcomeOf(result.value) : refusedOutcome(result)
}

const nothingChanged = { applied: [], reconnect: [], restart: [], unconfirmedWorkers: [] } as const

function outcomeOf(report: ReloadReport): Outcome {
  const { outcome, rejected, restart, unconfirmedWorkers } = report
  if (outcome === 'refused') {
    const lines = [...rejected.map(formatConfigError), 'nothing was changed: the server goes on as it was']
    return misconfigured(lines.join('\nmeridian: '), report)
  }
  const text = reloadText(report)
  if (unconfirmedWorkers.length > 0) {
    const workers = unconfirmedWorkers.join(', ')
    return failed(`told, but no word yet from worker ${workers}; see the log, and ask again`, report, text)
  }
  if (outcome === 'unchanged') return done(report, text)
  return doneWithWarnings(report, text, restart.length > 0 ? ['some keys wait for a restart of the server'] : [])
}

function reloadText({ outcome, applied, reconnect, restart }: ReloadReport): string {
  if (outcome === 'unchanged') return 'nothing has changed'
  const part = (title: string, keys: readonly ChangedKey[]) =>
    keys.length === 0 ? [] : [title, ...keys.map(({ key, from, to }) => `  ${key}: ${shown(from)} → ${shown(to)}`)]
  return [
    ...part('in force now', applied),
    ...part('for what is opened from now on', reconnect),
    ...part('after the next start', restart),
  ].join('\n')
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
