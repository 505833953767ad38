/**
 * Where in a file an error stands: the place of a key, and errors in the order of their lines.
 */
import type { ConfigError, Origin } from './config-error.ts'
import type { ReadFile } from './read-yaml.ts'
import { type Path, pathText } from './tree.ts'

const fromDefault: Origin = { kind: 'default' }

/** The place of the key itself, else of the nearest thing around it that was written, else `otherwise`. */
export function placeOf({ places }: ReadFile, path: Path, otherwise = fromDefault): Origin {
  for (let length = path.length; length > 0; length--) {
    const place = places.get(pathText(path.slice(0, length)))
    if (place) return place
  }
  return otherwise
}

export function inOrder(errors: readonly ConfigError[]): readonly ConfigError[] {
  return errors.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}
