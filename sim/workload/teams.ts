/**
 * Teams, divisions and circles. Users are numbered team by team, so that a range of users is a set of whole teams. A
 * circle is a part of a team whose people all know each other, more or less; each has a partner circle in another team
 * of its division (people of one project). Without circles a team of 300 would have no friends of friends at all.
 */
import type { Parameters } from './parameters.ts'
import { Stream } from './random.ts'

export interface Teams {
  /** First user of each team, and N at the end. */
  readonly teamAt: Uint32Array
  readonly teamOf: Uint32Array
  /** First team of each division, and the number of teams at the end. */
  readonly divisionAt: Uint32Array
  readonly divisionOfTeam: Uint32Array
  /** Users in the order of their circles, and where each circle begins in it. */
  readonly members: Uint32Array
  readonly circleAt: Uint32Array
  readonly circleOf: Uint32Array
  readonly partnerOf: Uint32Array
}

/** LYNC13's distribution groups: 64 %, 13 %, 10 % and 13 % of them, added up, with smallest and largest size. */
const sizeClasses = [
  [0.64, 2, 30],
  [0.77, 31, 50],
  [0.87, 51, 100],
  [1, 101, 500],
] as const

export function makeTeams(parameters: Parameters, counts: Uint32Array, seed: number): Teams {
  const random = new Stream(seed, 'teams')
  const teamAt = teamStarts(parameters.users, random)
  const teams = teamAt.length - 1
  const divisionOfTeam = Uint32Array.from({ length: teams }, (_, team) =>
    Math.floor(team / parameters.teamsPerDivision),
  )
  const divisions = teams === 0 ? 0 : divisionOfTeam[teams - 1]! + 1
  const divisionAt = Uint32Array.from({ length: divisions + 1 }, (_, division) =>
    Math.min(division * parameters.teamsPerDivision, teams),
  )
  const teamOf = new Uint32Array(parameters.users)
  for (let team = 0; team < teams; team++) teamOf.fill(team, teamAt[team]!, teamAt[team + 1]!)
  const circles = makeCircles(teamAt, counts, parameters.teamShare)
  const partnerOf = partners(circles.circleAt, circles.members, counts, { teamOf, divisionOfTeam, divisions })
  return { teamAt, teamOf, divisionAt, divisionOfTeam, ...circles, partnerOf }
}

function teamStarts(users: number, random: Stream): Uint32Array {
  const starts = [0]
  while (starts.at(-1)! < users) {
    const draw = random.float()
    const [, low, high] = sizeClasses.find(([upTo]) => draw < upTo) ?? sizeClasses[0]
    starts.push(Math.min(users, starts.at(-1)! + low + random.below(high - low + 1)))
  }
  return Uint32Array.from(starts)
}

/** People with long lists know each other: each team is sorted by its contacts and cut into circles to match. */
function makeCircles(teamAt: Uint32Array, counts: Uint32Array, teamShare: number) {
  const users = counts.length
  const members = Uint32Array.from({ length: users }, (_, user) => user)
  const circleOf = new Uint32Array(users)
  const starts: number[] = []
  for (let team = 0; team + 1 < teamAt.length; team++) {
    const [from, to] = [teamAt[team]!, teamAt[team + 1]!]
    members.subarray(from, to).sort((left, right) => counts[right]! - counts[left]! || left - right)
    for (let at = from; at < to; ) {
      // By one in the middle of the circle that the first would ask for.
      const asked = circleSize(counts[members[at]!]!, teamShare)
      const middle = members[Math.min(at + (asked >>> 1), to - 1)]!
      const size = circleSize(counts[middle]!, teamShare)
      const end = to - (at + size) < size / 2 ? to : at + size
      for (let index = at; index < end; index++) circleOf[members[index]!] = starts.length
      starts.push(at)
      at = end
    }
  }
  return { members, circleOf, circleAt: Uint32Array.from([...starts, users]) }
}

/** One for each contact in the own team: so few that nearly all of them know each other. */
function circleSize(contacts: number, teamShare: number): number {
  return Math.max(3, Math.ceil(contacts * teamShare) + 1)
}

/** Circles of a division are paired by how many contacts their people have, across teams where there are several. */
function partners(
  circleAt: Uint32Array,
  members: Uint32Array,
  counts: Uint32Array,
  org: { readonly teamOf: Uint32Array; readonly divisionOfTeam: Uint32Array; readonly divisions: number },
): Uint32Array {
  const circles = circleAt.length - 1
  const teamOfCircle = (circle: number): number => org.teamOf[members[circleAt[circle]!]!]!
  const byDivision: number[][] = Array.from({ length: org.divisions }, () => [])
  for (let circle = 0; circle < circles; circle++) {
    byDivision[org.divisionOfTeam[teamOfCircle(circle)]!]!.push(circle)
  }
  const partnerOf = Uint32Array.from({ length: circles }, (_, circle) => circle)
  const weight = (circle: number): number => counts[members[circleAt[circle]!]!]!
  for (const list of byDivision) {
    const waiting = list.sort((left, right) => weight(right) - weight(left) || left - right)
    while (waiting.length > 0) {
      const first = waiting.shift()!
      const other = waiting.findIndex((circle) => teamOfCircle(circle) !== teamOfCircle(first))
      if (other < 0) continue
      const [second] = waiting.splice(other, 1)
      partnerOf[first] = second!
      partnerOf[second!] = first
    }
  }
  return partnerOf
}
