/**
 * Delta debugging (Zeller and Hildebrandt, 2002): leaves out what is not needed for a failure, in halves first, then in
 * ever smaller parts, until no single thing can be left out.
 */

/** `stillFails` is asked for lists that keep the order of `items`; the whole of them fails already. */
export async function minimize<T>(
  items: readonly T[],
  stillFails: (kept: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = items
  if (kept.length > 0 && (await stillFails([]))) return []
  let parts = 2
  while (kept.length >= 2) {
    const smaller = await withoutOnePart(kept, parts, stillFails)
    if (smaller) {
      kept = smaller
      parts = Math.max(2, parts - 1)
    } else if (parts < kept.length) parts = Math.min(kept.length, parts * 2)
    else break
  }
  return kept
}

async function withoutOnePart<T>(
  items: readonly T[],
  parts: number,
  stillFails: (kept: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | null> {
  const size = items.length / parts
  for (let part = 0; part < parts; part++) {
    const [from, to] = [Math.floor(part * size), Math.floor((part + 1) * size)]
    const rest = [...items.slice(0, from), ...items.slice(to)]
    if (rest.length > 0 && (await stillFails(rest))) return rest
  }
  return null
}
