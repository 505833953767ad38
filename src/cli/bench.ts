/**
 * `meridian bench`: what operations cost on this machine; `--gate` judges a change against a base commit.
 */
import type { CommandDescription, Invocation, Outcome } from './command.ts'
import { done, exitCodes, failed, misused } from './command.ts'

export const description: CommandDescription = {
  path: ['bench'],
  purpose: 'measure what operations cost, or gate a change of the code',
  details: [
    'Runs in a checkout, with a C compiler and two cores. Without a name all benches run, for some half an hour.',
    'The gate compares exact counters with bench/baseline.json and four times with a base commit; see docs/gate.md.',
  ].join(' '),
  arguments: [{ name: '[names...]', text: 'relay-tcp, presence, …; a name stands for all that begin so' }],
  options: [
    { flags: '--smoke', text: 'a hundredth of the size: shows that they run, its figures mean nothing' },
    { flags: '--gate', text: 'judge this checkout against the base instead' },
    { flags: '--base <commit>', text: 'of the gate', default: 'where this branch left main' },
    { flags: '--only <items>', text: 'of the gate: counters, relay, notify, register, sign-on; with commas' },
    { flags: '--minutes <n>', text: 'of the gate: it ends by then', default: '8' },
    { flags: '--markdown <file>', text: 'of the gate: a table for the page of a CI' },
    { flags: '--update-baseline', text: 'write the counters of this checkout as the new baseline; needs --reason' },
    { flags: '--reason <text>', text: 'why the counters change; kept in the baseline' },
  ],
  withoutConfig: true,
  examples: [
    { line: 'meridian bench relay-tcp', text: 'one bench at full size' },
    { line: 'meridian bench --gate --only counters', text: 'seconds' },
  ],
  exitCodes: { 1: 'a bound was missed, or the gate fails', 3: 'the gate cannot tell' },
}

export async function run({ arguments: names, options, io }: Invocation): Promise<Outcome> {
  // Loaded only here: benches bring the whole server along.
  const { CannotBench, runBenches } = await import('../../bench/run-benches.ts')
  const print = (line: string): void => io.stdout(`${line}\n`)
  const say = (line: string): void => io.stderr(`  … ${line}\n`)
  try {
    if (options.gate === true || options.updateBaseline === true) return await gate(options, { print, say })
    const isSmoke = options.smoke === true
    const isMet = await runBenches({ names, size: isSmoke ? 'smoke' : 'full', print, say })
    return isMet || isSmoke ? done({ isMet }, '') : failed('a bound was missed', { isMet })
  } catch (error) {
    if (error instanceof CannotBench) return misused(error.message)
    throw error
  }
}

type Lines = Readonly<Record<'print' | 'say', (line: string) => void>>

async function gate(options: Invocation['options'], { print, say }: Lines): Promise<Outcome> {
  const { runGate, updateBaseline } = await import('../../bench/gate/run-gate.ts')
  if (options.updateBaseline === true) {
    await updateBaseline(String(options.reason ?? ''), say)
    return done(null, '')
  }
  const { base, only, markdown, minutes = 8 } = options
  const code = await runGate({
    minutes: Number(minutes),
    print,
    say,
    ...(typeof base === 'string' && { base }),
    ...(typeof only === 'string' && { only: only.split(',') }),
    ...(typeof markdown === 'string' && { markdown }),
  })
  if (code === exitCodes.ok) return done({ gate: 'pass' }, '')
  if (code === exitCodes.failed) return failed('the gate fails', { gate: 'fail' })
  return { ...failed('the gate cannot tell', { gate: 'inconclusive' }), exitCode: exitCodes.inconclusive }
}
