/**
 * A hardware profile in words, for people who ask what it says and what follows from it.
 */
import { diskUse } from './convert.ts'
import type { FoundFactors } from './factors.ts'
import type { FlushFigures } from './flush-model.ts'
import type { FactorClass, Profile } from './profile.ts'

const kinds: Readonly<Record<FactorClass, string>> = {
  general: 'user-mode code',
  kernel: 'system time',
  asym: 'asymmetric cryptography',
  sym: 'symmetric cryptography',
}

const origins: Readonly<Record<FoundFactors['origin'], string>> = {
  given: 'as the profile says',
  derived: 'derived from the score, assumed',
  calibrated: 'as the machine that is calibrated',
}

export function describeProfile(profile: Profile, found: FoundFactors, flush: FlushFigures): string {
  const { cpu, memory, disk, net, limits, claim, software } = profile
  const lines = [
    `${profile.name}: ${profile.title} (${profile.role})`,
    row('claimed', claim === null ? 'nothing' : `${claim.users} users: ${claim.source}`),
    row('processors', `${cpu.count} × ${cpu.model ?? 'unnamed'}, score ${cpu.score} (${cpu.score_source})`),
    `  one second of the reference core takes here, low / middle / high (${origins[found.origin]}):`,
    ...Object.entries(kinds).map(([kind, words]) =>
      row(`  ${words}`, found.factors[kind as FactorClass].map((each) => `${number(each)} s`).join(' / '), 26),
    ),
    row('memory', `${memory.total_mb} MB, of which ${memory.reserved_mb} reserved`),
    row('disk', `${disk.kind}, cache ${disk.cache}: ${flushText(profile, flush)}`),
    row('link', net.link_mbit === null ? 'no limit' : `${net.link_mbit} Mbit/s, ${net.rtt_ms} ms there and back`),
    row(
      'targets',
      `CPU ${percent(limits.cpu_target)}, memory ${percent(limits.memory_target)}, ` +
        `disk ${percent(limits.disk_target)}, link ${percent(limits.link_target)}`,
    ),
  ]
  if (software?.note) lines.push(row('note', software.note))
  return lines.join('\n')
}

function flushText({ disk }: Profile, { meanMs, p50Ms, p95Ms, p99Ms }: FlushFigures): string {
  if (disk.flush_ms.dist === 'as-found') return 'nothing is added to its flushes'
  const most = Math.floor(diskUse(0, meanMs).mostPerSecond)
  const figures = `mean ${number(meanMs)} ms, p50 ${number(p50Ms)}, p95 ${number(p95Ms)}, p99 ${number(p99Ms)}`
  return `a flush takes ${figures}; at most ${most} a second`
}

function row(name: string, words: string, width = 12): string {
  return `  ${name.padEnd(width)}${words}`
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}

/** Three digits, for people. */
function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}
