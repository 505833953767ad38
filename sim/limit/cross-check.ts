/**
 * A second opinion on a limit that was searched: the straight line of the fullest resource's use over users has to meet
 * its target near the limit. Where it does not, something other than this resource ended the search, or cost grows
 * faster than users.
 */
import type { Probed } from './probe.ts'
import { straightLine } from './straight-line.ts'

/** Fewer points make no line to believe in. */
const pointsMin = 4
const rSquaredMin = 0.98
const distanceMax = 0.15

export interface CrossCheck {
  readonly resource: string
  readonly points: readonly { readonly users: number; readonly use: number }[]
  readonly rSquared: number
  /** Users at which the line meets the target; null where it never does. */
  readonly meetsAt: number | null
  readonly agrees: boolean
  readonly text: string
}

/** Null with fewer than four probes that passed, or of a single load. */
export function crossCheck(probes: readonly Probed[], limit: number): CrossCheck | null {
  const passed = probes.filter(({ passes, unsteady }) => passes && !unsteady)
  const largest = passed.toSorted((a, b) => b.users - a.users)[0]
  const fullest = Object.entries(largest?.use ?? {}).toSorted(([, a], [, b]) => b.use / b.target - a.use / a.target)[0]
  if (passed.length < pointsMin || !fullest) return null
  const [resource, { target }] = fullest
  const points = passed.flatMap(({ users, use }) => (use[resource] ? [{ users, use: use[resource].use }] : []))
  // A use is a sum of chance events: its variance grows with the users.
  const line = straightLine(points.map(({ users, use }) => ({ x: users, y: use, weight: 1 / users })))
  if (line === null || points.length < pointsMin) return null
  const { slope, intercept, rSquared } = line
  const meetsAt = slope > 0 ? (target - intercept) / slope : null
  const isNear = meetsAt !== null && Math.abs(meetsAt / limit - 1) <= distanceMax
  const agrees = rSquared >= rSquaredMin && isNear
  const sorted = points.toSorted((a, b) => a.users - b.users)
  const found = { resource, points: sorted, rSquared, meetsAt, agrees }
  return { ...found, text: describe(found, limit) }
}

function describe({ resource, rSquared, meetsAt, agrees }: Omit<CrossCheck, 'text'>, limit: number): string {
  const at = meetsAt === null ? 'never' : `at ${Math.round(meetsAt)} users`
  const fit = `R² ${rSquared.toFixed(3)}`
  if (agrees) return `a straight line of ${resource} meets its target ${at} (${fit}), the search found ${limit}`
  const why = rSquared < rSquaredMin ? 'not linear' : 'not the limit'
  return `${why}: look at ${resource}, whose straight line meets its target ${at} (${fit}); the search found ${limit}`
}
