/**
 * A watcher's side of partial notification (RFC 5263 §4.5): puts the document together from what came, and says where
 * that could not be done.
 */
import { Buffer } from 'node:buffer'
import { applyPidfDiff, type PresenceDocument, parsePartialPidf } from '../../src/documents/index.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { writeXml } from '../../src/xml/index.ts'
import { presenceDocument } from './presence-documents.ts'
import type { WireClient } from './wire-client.ts'

export const partialType = 'application/pidf-diff+xml'
export const readsPartial = [['Accept', `application/pidf+xml;q=0.3, ${partialType};q=1`]] as const

export class PartialReader {
  readonly #watcher: WireClient
  #readCount = 0
  #bytes: Uint8Array | null = null
  /** `full 1`, `diff 2`, `plain`: all that came. */
  readonly came: string[] = []
  version = 0

  constructor(watcher: WireClient) {
    this.#watcher = watcher
  }

  /** What the presentity looks like after all that has come. */
  read(): PresenceDocument {
    const notifies = this.#watcher.requests('NOTIFY')
    for (const notify of notifies.slice(this.#readCount)) this.#take(notify)
    this.#readCount = notifies.length
    if (this.#bytes === null) throw new Error('nothing has come')
    return presenceDocument(this.#bytes)
  }

  #take(notify: SipMessage): void {
    if (notify.body.length === 0) return
    if (notify.first(HeaderId.contentType) !== partialType) {
      this.#bytes = notify.body
      this.came.push('plain')
      return
    }
    const parsed = parsePartialPidf(notify.body)
    if (!parsed.ok) throw new Error(`${parsed.fault}: ${notify.body}`)
    const { document } = parsed
    this.came.push(`${document.kind} ${document.version}`)
    const version = document.version ?? 0
    if (document.kind === 'full') {
      if (version <= this.version) throw new Error(`version ${version} after ${this.version}`)
      this.#bytes = Buffer.from(writeXml(document.root))
    } else {
      if (version !== this.version + 1) throw new Error(`version ${version} after ${this.version}`)
      const applied = applyPidfDiff(this.#bytes!, document.patch)
      if (!applied.ok) throw new Error(`${applied.fault}: ${notify.body}`)
      this.#bytes = applied.bytes
    }
    this.version = version
  }
}
