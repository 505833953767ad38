/**
 * Points in time as these formats write them (RFC 3339, XML Schema `dateTime`).
 */

const form = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)?$/

/** Milliseconds of the system's clock; null: no such time. Without a zone UTC is meant, since nobody says another. */
export function parseDateTime(text: string): number | null {
  const [, day, hourMinute, second, fraction = '', zone = 'Z'] = form.exec(text.trim()) ?? []
  if (day === undefined) return null
  // A leap second is the end of the second before: no clock here has one.
  const isLeap = second === '60'
  const ms = Date.parse(
    `${day}T${hourMinute}:${isLeap ? '59' : second}${isLeap ? '.999' : fraction}${zone.toUpperCase()}`,
  )
  // `Date` takes 30 February for 2 March.
  return Number.isNaN(ms) || Number(day.slice(8)) > daysOf(day) ? null : ms
}

function daysOf(day: string): number {
  return new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate()
}

/** In UTC, without the fraction where there is none. */
export function writeDateTime(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
