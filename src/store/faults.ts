/**
 * Why a store does not open, as a value: an event for log and tests, a message for the person who must act on it.
 */
export interface StoreFault {
  readonly event:
    | 'store.locked'
    | 'store.damaged'
    | 'store.half-restored'
    | 'store.newer-schema'
    | 'store.migration-failed'
    | 'store.too-many-unreadable'
  readonly message: string
}

export type StoreResult<V> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly fault: StoreFault }

/** The command that every message about damage ends with. */
export const restoreCommand = 'meridian restore <backup folder> --verify'

export function damaged(path: string, detail: string): { readonly ok: false; readonly fault: StoreFault } {
  const message = `store: ${path} is damaged (${detail}); restore the newest backup with \`${restoreCommand}\``
  return { ok: false, fault: { event: 'store.damaged', message } }
}
