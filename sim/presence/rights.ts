/**
 * Who may see whom, as the acts on policy in the history have it: a model of its own, beside the server's. While an act
 * is under way, or nobody knows what became of it, both values are possible; only what is sure is held against anybody.
 */
import type { PolicyAct, PresenceHistory } from './history.ts'

/** `allow`: sees. `polite`: sees somebody who is away. `nothing`: sees nothing, or waits. */
export type Sight = 'allow' | 'polite' | 'nothing'

export const places = {
  default: 'default',
  own: (presentity: string, watcher: string): string => `own ${presentity} ${watcher}`,
  rule: (from: string, to: string): string => `rule ${from} ${to}`,
  group: (user: string): string => `group ${user}`,
}

/** An act that nobody answered is carried out by then, or never. */
const unansweredMs = 15_000
/** A change that was not confirmed everywhere is followed by then. */
const unconfirmedMs = 30_000

export class Rights {
  readonly #acts = new Map<string, PolicyAct[]>()

  /** Before the first act nothing is set, and the default is open. */
  constructor({ policyActs }: PresenceHistory) {
    for (const act of policyActs) {
      const known = this.#acts.get(act.place)
      if (known) known.push(act)
      else this.#acts.set(act.place, [act])
    }
  }

  /** Whatever the watcher may have been allowed to see at some moment of this time. */
  possible(watcher: string, presentity: string, fromMs: number, toMs: number): ReadonlySet<Sight> {
    if (watcher === presentity) return new Set(['allow'])
    const values = (place: string) => this.#values(place, fromMs, toMs)
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

  #values(place: string, fromMs: number, toMs: number): readonly (string | null)[] {
    const acts = this.#acts.get(place) ?? []
    const settled = acts.filter((act) => act.ok === true && holdsFrom(act) <= fromMs)
    const isOver = (act: PolicyAct) => settled.some((later) => later !== act && later.sentMs >= endOf(act))
    const values = acts.filter((act) => act.sentMs <= toMs && !isOver(act) && mayHold(act, fromMs))
    const initial = settled.length > 0 ? [] : [null]
    return [...new Set([...initial, ...values.map(({ value }) => value)])]
  }
}

function endOf({ ok, sentMs, repliedMs }: PolicyAct): number {
  return ok === null ? sentMs + unansweredMs : repliedMs
}

function holdsFrom({ repliedMs, isConfirmed }: PolicyAct): number {
  return repliedMs + (isConfirmed ? 0 : unconfirmedMs)
}

/** What was refused may have held until then. */
function mayHold(act: PolicyAct, fromMs: number): boolean {
  return act.ok !== false || endOf(act) >= fromMs
}

/** The table of docs/policy.md, as far as the simulation goes. */
function decide(byDefault: string | null, own: string | null, rule: string | null): Sight {
  if (rule === 'forbid') return 'nothing'
  if (own !== null) return own === 'allow' ? 'allow' : own === 'polite-block' ? 'polite' : 'nothing'
  if (rule !== null) return rule === 'allow' ? 'allow' : 'nothing'
  return byDefault === 'open' || byDefault === null ? 'allow' : 'nothing'
}
