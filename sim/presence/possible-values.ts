/**
 * What may have held of a thing that acts of users or administrators set: while an act is under way, or nobody knows
 * what became of it, both values are possible.
 */

/** What an act sets: one of few places, each with one value. */
export interface Act {
  readonly place: string
  /** Null: as before the first act. */
  readonly value: string | null
  readonly sentMs: number
  /** Null: no reply came, or one that leaves it open. */
  ok: boolean | null
  /** 0: none came. */
  repliedMs: number
  /** Everybody who lives by it has confirmed. */
  isConfirmed: boolean
}

/** An act that nobody answered is carried out by then, or never. */
const unansweredMs = 15_000
/** A change that was not confirmed everywhere is followed by then. */
const unconfirmedMs = 30_000

export class PossibleValues {
  readonly #acts = new Map<string, Act[]>()

  constructor(acts: readonly Act[]) {
    for (const act of acts) {
      const known = this.#acts.get(act.place)
      if (known) known.push(act)
      else this.#acts.set(act.place, [act])
    }
  }

  /** Whatever may have held at some moment of this time. */
  of(place: string, fromMs: number, toMs: number): readonly (string | null)[] {
    const acts = this.#acts.get(place) ?? []
    const settled = acts.filter((act) => act.ok === true && holdsFrom(act) <= fromMs)
    const isOver = (act: Act) => settled.some((later) => later !== act && later.sentMs >= endOf(act))
    const values = acts.filter((act) => act.sentMs <= toMs && !isOver(act) && mayHold(act, fromMs))
    const initial = settled.length > 0 ? [] : [null]
    return [...new Set([...initial, ...values.map(({ value }) => value)])]
  }
}

function endOf({ sentMs, repliedMs }: Act): number {
  return repliedMs === 0 ? sentMs + unansweredMs : repliedMs
}

function holdsFrom({ repliedMs, isConfirmed }: Act): number {
  return repliedMs + (isConfirmed ? 0 : unconfirmedMs)
}

/** What was refused may have held until then. */
function mayHold(act: Act, fromMs: number): boolean {
  return act.ok !== false || endOf(act) >= fromMs
}
