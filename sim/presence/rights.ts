/**
 * Who may see whom, as the acts on policy in the history have it: a model of its own, beside the server's. While an act
 * is under way, or nobody knows what became of it, both are possible; only what is sure is held against anybody.
 */
import type { PresenceHistory } from './history.ts'
import { PossibleValues } from './possible-values.ts'

/** `allow`: sees. `polite`: sees somebody who is away. `nothing`: sees nothing, or waits. */
export type Sight = 'allow' | 'polite' | 'nothing'

export const places = {
  default: 'default',
  own: (presentity: string, watcher: string): string => `own ${presentity} ${watcher}`,
  rule: (from: string, to: string): string => `rule ${from} ${to}`,
  group: (user: string): string => `group ${user}`,
}

export class Rights {
  readonly #values: PossibleValues

  /** Before the first act nothing is set, and the default is open. */
  constructor({ policyActs }: PresenceHistory) {
    this.#values = new PossibleValues(policyActs)
  }

  /** Whatever the watcher may have been allowed to see at some moment of this time. */
  possible(watcher: string, presentity: string, fromMs: number, toMs: number): ReadonlySet<Sight> {
    if (watcher === presentity) return new Set(['allow'])
    const values = (place: string) => this.#values.of(place, fromMs, toMs)
    const sights = new Set<Sight>()
    for (const byDefault of values(places.default)) {
      for (const own of values(places.own(presentity, watcher))) {
        for (const from of values(places.group(watcher))) {
          for (const to of values(places.group(presentity))) {
            const rules = from === null || to === null ? [null] : values(places.rule(from, to))
            for (const rule of rules) sights.add(decide(byDefault, own, rule))
          }
        }
      }
    }
    return sights
  }

  isSurely(sight: Sight, watcher: string, presentity: string, fromMs: number, toMs: number): boolean {
    const possible = this.possible(watcher, presentity, fromMs, toMs)
    return possible.size === 1 && possible.has(sight)
  }
}

/** The table of docs/policy.md, as far as the simulation goes. */
function decide(byDefault: string | null, own: string | null, rule: string | null): Sight {
  if (rule === 'forbid') return 'nothing'
  if (own !== null) return own === 'allow' ? 'allow' : own === 'polite-block' ? 'polite' : 'nothing'
  if (rule !== null) return rule === 'allow' ? 'allow' : 'nothing'
  return byDefault === 'open' || byDefault === null ? 'allow' : 'nothing'
}
