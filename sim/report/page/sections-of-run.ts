/**
 * The parts of the page about the run itself: what was run, on what, whether it is valid, and all its parameters.
 */
import type { Report } from '../report.ts'
import { html, type Markup, table } from './markup.ts'
import { yes } from './sections.ts'

const scoreKinds = ['general', 'kernel', 'asym', 'sym'] as const
const pair = [{ head: 'what' }, { head: 'value' }] as const

export function runTable({ run, generatedAt }: Report): Markup {
  const minutes = (ms: number) => `${Number((ms / 60_000).toPrecision(3))} min`
  const rows = [
    ['run', run.id],
    ['made', generatedAt],
    ['driver', `${run.driver}, model version ${run.modelVersion}`],
    ['server', `${run.server} ${run.version}, commit ${run.commit}`],
    ['windows', `${minutes(run.windows.warmUpMs)} of warming up, ${minutes(run.windows.measureMs)} measured`],
    ['speed', run.speed === 1 ? 'as in life' : `${run.speed} times as fast as life`],
    ['transport', run.transport.toUpperCase()],
    ...(run.traceHash === null ? [] : [['hash of all events', run.traceHash]]),
    ...(run.endedEarly === null ? [] : [['ended before its time', run.endedEarly]]),
  ]
  return table('The run', pair, rows)
}

export function validityTable({ validity }: Report): Markup {
  const rows = validity.map(({ check, reading, limit, ok }) => [check, reading, limit, yes(ok, 'invalid')])
  return table('Checks', [{ head: 'check' }, { head: 'reading' }, { head: 'limit' }, { head: 'holds' }], rows)
}

export function machineTable({ machine, profile }: Report): Markup {
  const { calibration } = machine
  const rows = [
    ['processor', `${machine.cpu} (${machine.cpuId}), ${machine.cores} cores${machine.virtual ? ', virtual' : ''}`],
    ['microcode, governor', `${machine.microcode}, ${machine.governor}`],
    ['memory', `${machine.memoryMb} MB`],
    ['kernel, runtime', `${machine.kernel}, ${machine.runtime}`],
    [
      'calibration',
      calibration ? `${calibration.at}, commit ${calibration.commit}${calibration.steady ? '' : ', unsteady'}` : 'none',
    ],
    ...(calibration
      ? [
          [
            'scores, the reference core being 1',
            scoreKinds.map((kind) => `${kind} ${Number(calibration.scores[kind].toPrecision(3))}`).join(', '),
          ],
        ]
      : []),
  ]
  const { cpu, memory, disk, net, claim, software } = profile
  const stands = [
    ['machine', profile.title],
    ['processors', `${cpu.count} × ${cpu.model ?? 'unnamed'}, score ${cpu.score} (${cpu.score_source})`],
    ['memory', `${memory.total_mb} MB, ${memory.reserved_mb} of it reserved`],
    ['disk', `${disk.kind}, cache ${disk.cache}`],
    ['link', net.link_mbit === null ? 'no limit' : `${net.link_mbit} Mbit/s`],
    ['claimed', claim ? `${claim.users} users: ${claim.source}` : 'nothing'],
    ...(software?.note ? [['note', software.note]] : []),
  ]
  return html`${table('The machine that it ran on', pair, rows)}${table(`The profile ${profile.name}`, pair, stands)}`
}

export function appendix({ run }: Report): Markup {
  const rows = Object.entries(run.parameters).map(([name, value]) => [name, String(value)])
  return html`<details open><summary>All parameters of the model</summary>
${table('Parameters', [{ head: 'parameter' }, { head: 'value' }], rows)}</details>
<p class="soft">Curves, histograms and everything else are in report.json, from which this page was made.</p>`
}
