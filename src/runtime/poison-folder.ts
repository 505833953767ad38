/**
 * Keeps messages that made our code throw twice, for the administrator and for a bug report: one file each, without
 * credentials, readable for the owner of the data folder only, and not more than a hundred.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MessageEditor } from '../sip/message/edit.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'

const filesMax = 100

export class PoisonFolder {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Never throws: it runs where something has failed already. False when the file could not be written. */
  keep(hash: string, message: SipMessage): boolean {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      if (readdirSync(this.#folder).length >= filesMax) return false
      const plain = new MessageEditor(message).removeAll(HeaderId.authorization).removeAll(HeaderId.proxyAuthorization)
      writeFileSync(join(this.#folder, `${hash}.sip`), plain.encode(), { mode: 0o600 })
      return true
    } catch {
      return false
    }
  }
}
