/**
 * `meridian sim`: simulated users, and what the model of them is. Each use of the command is a function in a file of
 * its own; this one says which was asked for.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { misused } from '../command.ts'
import { workloadOptions } from './choose-workload.ts'
import { explainModelOutcome, workloadSchemaOutcome } from './explain-model.ts'
import { isLiveAsked, liveOptions } from './live-options.ts'
import { refuseVirtualOnly, virtualOptions } from './virtual-options.ts'

export const description: CommandDescription = {
  path: ['sim'],
  purpose: 'simulate users, and explain the model of them',
  withoutConfig: true,
  details:
    'With users or a workload: they sign in at a server, on real connections, and do what the plan says when it is ' +
    'due; every message and state of presence is checked at its end. Without --target a server is started for it. ' +
    'With --virtual all of it happens in virtual time, the same for the same seed.',
  options: [
    ...workloadOptions,
    ...liveOptions,
    ...virtualOptions,
    { flags: '--explain-model', text: 'print every parameter with default, unit, distribution and source' },
    { flags: '--workload-schema', text: 'print the JSON Schema of workload files' },
  ],
  examples: [
    { line: 'meridian sim --quick', text: 'two minutes against a server of its own' },
    { line: 'meridian sim --users 10000 --lists --out run.json', text: 'the busy hour of 10,000 users' },
    {
      line: 'meridian sim --users 500 --target sips:im.corp.lan:5061 --ca corp.pem --domain corp.example',
      text: 'another server, with accounts made by --accounts-csv',
    },
    {
      line: 'meridian sim --virtual --users 1000 --profile lcs2003-home',
      text: 'the busy hour on hardware of 2003, projected',
    },
    { line: 'meridian sim --virtual --faults --quick --users 24 --seeds 100', text: 'what fails when anything fails' },
    { line: 'meridian sim --explain-model | less', text: 'says what simulated users do, and why' },
    {
      line: 'meridian sim --workload-schema > workload.schema.json',
      text: 'for an editor that checks while you write',
    },
  ],
  exitCodes: {
    1: 'something was lost, doubled, out of order or stale; or the run could not begin',
    3: 'the run proves nothing: it ended early, or the generator was the limit',
    78: 'the workload file is wrong',
  },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options } = invocation
  if (options.explainModel === true) return explainModelOutcome()
  if (options.workloadSchema === true) return workloadSchemaOutcome()
  if (options.virtual === true) {
    // Loaded here: the other uses do without the code of servers and sockets.
    const { virtualOutcome } = await import('./virtual.ts')
    return virtualOutcome(invocation)
  }
  const stray = refuseVirtualOnly(options)
  if (stray !== null) return misused(stray)
  if (isLiveAsked(options)) {
    const { liveOutcome } = await import('./live.ts')
    return liveOutcome(invocation)
  }
  return misused('say what to do: `--users 1000`, `--quick`, `--explain-model` …; see `meridian sim --help`')
}
