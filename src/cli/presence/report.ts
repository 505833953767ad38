/**
 * What the presence commands share: their arguments, points in time as people type them, and what they print.
 */
import type { PresenceSummary } from '../../admin/index.ts'
import type { ArgumentDescription, CommandDescription, OptionDescription } from '../command.ts'
import { pairs, table } from '../table.ts'

export const userArgument: ArgumentDescription = {
  name: '<user>',
  text: 'alice, alice@example.test or sip:alice@example.test; an alias will do',
}

export const calendarOption: OptionDescription = {
  flags: '--calendar',
  text: 'it comes from a calendar, which is heard where no human being has said something',
}

export const presenceExitCodes: NonNullable<CommandDescription['exitCodes']> = {
  1: 'there is no such user, or the server does not run',
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90m`, `2h`, `3d` from now; a date, a date and time of this machine, or with a zone. Null: none of these. */
export function readTime(text: string, nowMs: number): number | null {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text.trim()) ?? []
  if (count !== undefined) return nowMs + Number(count) * unitMs[unit!]!
  const [, day, time, zone = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text.trim()) ?? []
  if (day === undefined) return null
  const ms = Date.parse(`${day}T${time ?? '00:00'}${zone}`)
  return Number.isNaN(ms) ? null : ms
}

export function summaryText({ aor, basic, activity, notes, devicesOnline, sources }: PresenceSummary): string {
  const shown = pairs([
    ['user', aor],
    ['state', basic],
    ['activity', activity ?? '-'],
    ['note', notes.join(' / ') || '-'],
    ['devices', devicesOnline === 0 ? 'none is there' : `${devicesOnline} there`],
  ])
  if (sources.length === 0) return `${shown}\n\nnobody says anything`
  const rows = sources.map(({ by, deviceKey, counts, saidMs, fromMs, untilMs }) => {
    return [by, deviceKey ?? '-', counts ? 'yes' : 'no', ...[saidMs, fromMs, untilMs].map(timeText)]
  })
  return `${shown}\n\n${table(['said by', 'device', 'counts', 'said', 'from', 'until'], rows)}`
}

function timeText(ms: number | null): string {
  return ms === null ? '-' : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
