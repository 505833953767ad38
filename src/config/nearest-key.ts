/**
 * The known key that somebody probably meant: by edit distance among its neighbours, else by the same name elsewhere.
 */

/** Keys of other sections are only offered when their last part is almost what was written. */
export function nearestKey(written: string, neighbours: Iterable<string>, elsewhere: Iterable<string>): string | null {
  const allowed = Math.max(2, Math.floor(written.length / 3))
  return closest(written, neighbours, (key) => key, allowed) ?? closest(written, elsewhere, lastPart, 1)
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

function closest(
  written: string,
  candidates: Iterable<string>,
  nameOf: (candidate: string) => string,
  allowed: number,
): string | null {
  let best: string | null = null
  let bestDistance = allowed + 1
  for (const candidate of candidates) {
    const distance = editDistance(simplified(written), simplified(nameOf(candidate)))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Case, dashes and underscores are the commonest mistakes and cost nothing. */
function simplified(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/g, '').slice(0, 64)
}

/** Levenshtein with one row; keys are short. */
export function editDistance(left: string, right: string): number {
  const row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    let diagonal = row[0]!
    row[0] = i
    for (let j = 1; j <= right.length; j++) {
      const above = row[j]!
      const replaced = diagonal + (left[i - 1] === right[j - 1] ? 0 : 1)
      row[j] = Math.min(replaced, above + 1, row[j - 1]! + 1)
      diagonal = above
    }
  }
  return row[right.length]!
}
