/**
 * `meridian sim --users N …`: simulated users on real connections against a real server. A line each second on a
 * terminal; at the end what was found, and the record as JSON where it was asked for.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { accountsCsv, accountsSql } from '../../../sim/live/accounts.ts'
import { drive } from '../../../sim/live/drive.ts'
import { runSummary } from '../../../sim/live/run-text.ts'
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import { Naming } from '../../../sim/users/population.ts'
import type { CommandIo, Invocation, Outcome } from '../command.ts'
import { exitCodes, failed, misused } from '../command.ts'
import { fileFault } from '../file-fault.ts'
import { chooseWorkload } from './choose-workload.ts'
import { chooseLive } from './live-options.ts'
import { chooseReplay } from './replay.ts'
import { runExit } from './run-exit.ts'
import { runProgress, whileRunning } from './while-running.ts'
import { writeRecord } from './write-record.ts'

export async function liveOutcome({ options, io }: Invocation): Promise<Outcome> {
  const chosen = chooseWorkload(options, io, 'live')
  if (!chosen.ok) return chosen.outcome
  const live = chooseLive(options, io, chosen.workload)
  if (!live.ok) return misused(live.message)
  const { seed, domain, prefix } = live.options
  if (options.accountsCsv !== undefined) {
    const naming = new Naming(domain, prefix, seed)
    return writeAccounts(String(options.accountsCsv), io, chosen.workload.parameters.users, naming)
  }
  const replayed = chooseReplay(options, io, live.options, chosen.workload)
  if (typeof replayed === 'string') return misused(replayed)
  for (const warning of replayed.warnings) io.stderr(`${warning}\n`)
  const driven = await whileRunning(io, (running) => {
    const { onProgress } = runProgress(running)
    return drive({ ...replayed.options, ...running, onProgress })
  })
  if (!driven.ok) return driven.kind === 'usage' ? misused(driven.message) : failed(driven.message)
  return outcomeOf(driven.record, options.out === undefined ? null : resolve(io.cwd, String(options.out)))
}

function outcomeOf(record: RunRecord, path: string | null): Outcome {
  const error = path === null ? null : writeRecord(record, path)
  const exitCode = error === null ? runExit(record) : exitCodes.failed
  return { exitCode, value: record, text: runSummary(record), warnings: [], error }
}

function writeAccounts(file: string, { cwd }: CommandIo, users: number, naming: Naming): Outcome {
  const path = resolve(cwd, file)
  try {
    writeFileSync(path, path.endsWith('.sql') ? accountsSql(users, naming) : accountsCsv(users, naming), {
      mode: 0o600,
    })
  } catch (fault) {
    return failed(`cannot write ${file}: ${fileFault(fault)}`)
  }
  return {
    exitCode: exitCodes.ok,
    value: { file, users },
    text: `${users} accounts in ${file}`,
    warnings: [],
    error: null,
  }
}
