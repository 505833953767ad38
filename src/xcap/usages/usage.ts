/**
 * What an application usage of XCAP is (RFC 4825 §5): a name, a namespace, a type, and what makes a document valid.
 * One usage a file beside this one; `index.ts` lists them.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { Conflict } from '../conflict.ts'
import type { MarkupElement } from '../markup.ts'

export interface ApplicationUsage {
  /** Application Unique ID: also the part of the record's key. */
  readonly auid: string
  /** Other names of the same documents. */
  readonly aliases: readonly string[]
  readonly contentType: string
  /** What a name without prefix means in a node selector (RFC 4825 §5.2). */
  readonly defaultNamespace: string
  /** Told in xcap-caps. */
  readonly namespaces: readonly string[]
  readonly rfcs: readonly string[]
  /** What keeps the document from being valid; null: nothing. It is well-formed. */
  validate(root: MarkupElement, owner: Aor): Conflict | null
}
