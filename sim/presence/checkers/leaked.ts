/**
 * Nothing is left behind: when nothing moves, watches at the presentities' shards are those of the watchers' shards,
 * and these are those of their subscriptions; when all have signed out, there are none, nor names.
 */
import type { Checker } from '../../checkers/checker.ts'
import type { Census } from '../history.ts'
import { ghost } from '../lists/list-maker.ts'

export const leaked: Checker = {
  name: 'leaked',
  check: ({ presence }) =>
    presence.censuses
      .filter(({ when }) => when !== 'moving')
      .flatMap((census) =>
        [...disagreements(census), ...(census.when === 'end' ? leftovers(census) : [])].map((text) => {
          return { checker: 'leaked', atMs: census.atMs, text }
        }),
      ),
}

function disagreements({ shards }: Census): string[] {
  // The shard of somebody who is no user keeps nothing.
  const watches = shards.flatMap((shard) => shard.watches).filter((pair) => !pair.includes(` sip:${ghost}@`))
  const watchers = shards.flatMap((shard) => shard.watchers)
  const subscribed = new Set(
    shards
      .flatMap((shard) => shard.subscriptions)
      .flatMap(({ watcher, presentities }) => presentities.map((each) => `${watcher} ${each}`))
      .filter((pair) => !pair.includes(` sip:${ghost}@`)),
  )
  return [
    ...without(watches, watchers).map(
      (pair) => `the shard of the presentity does not know that it is watched: ${pair}`,
    ),
    ...without(watchers, watches).map((pair) => `the shard of the presentity tells a watch that is over: ${pair}`),
    ...without(watches, [...subscribed]).map((pair) => `a watch without a subscription: ${pair}`),
    ...without([...subscribed], watches).map((pair) => `a subscription without a watch: ${pair}`),
  ]
}

function leftovers({ shards }: Census): string[] {
  return shards.flatMap(({ worker, namesCount, watches, watchers, subscriptions }) => {
    const held = watches.length + watchers.length + subscriptions.length + namesCount
    const counts = `${watches.length} watches, ${watchers.length} watchers, ${subscriptions.length} subscriptions`
    return held === 0 ? [] : [`worker ${worker} still holds ${counts}, ${namesCount} names`]
  })
}

/** What is in `these` more often than in `those`. */
function without(these: readonly string[], those: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const each of those) counts.set(each, (counts.get(each) ?? 0) + 1)
  return these.filter((each) => {
    const count = counts.get(each) ?? 0
    counts.set(each, count - 1)
    return count <= 0
  })
}
