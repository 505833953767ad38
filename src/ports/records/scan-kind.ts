/**
 * Reads all records of one kind in a range of the store, for whoever needs those of all users at once.
 */
import type { ScanRange, Store } from '../store.ts'
import { keyParts } from './keys.ts'
import type { RecordKind } from './record-kind.ts'

/** `owner`: AOR or server-wide name. One that cannot be read is left out; the store has set it aside and says so. */
export function scanKind<V>(
  store: Store,
  range: ScanRange,
  kind: RecordKind<V>,
  visit: (value: V, owner: string) => void,
): Promise<void> {
  return store.scan(range, (key, value) => {
    const { aor, kind: name } = keyParts(key)
    if (name !== kind.name) return
    const decoded = kind.decode(value)
    if (decoded.ok) visit(decoded.value, aor)
  })
}
