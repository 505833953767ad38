/**
 * The document that a watcher is shown of a presentity now, single or in a list.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import { offlineDocument, unknownDocument } from '../composition/counted-state.ts'
import type { View } from './view.ts'

/** Null: there is none. Whoever is blocked politely is shown somebody who is away, whatever the presentity does. */
export function shownDocument({ verdict, isUnknown, document }: View, presentity: Aor): Uint8Array | null {
  if (verdict !== 'allow' && verdict !== 'polite-block') return null
  // The same for both, so that nobody can tell the block by it.
  if (isUnknown) return unknownDocument(presentity)
  return verdict === 'allow' ? document : offlineDocument(presentity)
}
