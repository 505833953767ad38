/**
 * Date headers (RFC 3261 §20.17: RFC 1123 dates, always GMT), from milliseconds since 1970.
 */
const days = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const dayMs = 86_400_000

interface CivilTime {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  readonly time: string
}

let cachedSecond = -1
let cachedText = ''

/** `Sat, 13 Nov 2010 23:29:00 GMT`. Messages of one second share one text. */
export function encodeSipDate(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== cachedSecond) {
    const { year, month, day, time } = civilTime(ms)
    const weekday = days[Math.floor(ms / dayMs) % 7]
    cachedText = `${weekday}, ${twoDigits(day)} ${months[month - 1]} ${year} ${time} GMT`
    cachedSecond = second
  }
  return cachedText
}

/** `2010-11-13T23:29:00Z` (RFC 3339), as CPIM writes it (RFC 3862 §4.4). */
export function encodeCpimDate(ms: number): string {
  const { year, month, day, time } = civilTime(ms)
  return `${year}-${twoDigits(month)}-${twoDigits(day)}T${time}Z`
}

/**
 * Days since 1970 to the Gregorian calendar: years from March, so that the leap day is the last (Hinnant's
 * algorithm).
 */
function civilTime(ms: number): CivilTime {
  const dayCount = Math.floor(ms / dayMs) + 719_468
  const era = Math.floor(dayCount / 146_097)
  const dayOfEra = dayCount - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day, time: timeOfDay(ms) }
}

function timeOfDay(ms: number): string {
  const seconds = Math.floor((ms % dayMs) / 1000)
  const minutes = Math.floor(seconds / 60)
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
