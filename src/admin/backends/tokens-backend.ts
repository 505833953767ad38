/**
 * The part of the admin backend that makes and revokes tokens of the admin API. Each of both is in the audit.
 */

import type { NewToken, TokensBackend } from '../acts/tokens-acts.ts'
import type { AdminPorts } from '../ports.ts'
import { denied, granted } from '../result.ts'
import { writeDown } from './write-down.ts'

/** Somebody reads the list; more are a mistake of a program that makes one for each of its runs. */
const tokensMax = 1_000

export function createTokensBackend(ports: AdminPorts): TokensBackend {
  const { tokens: book, now } = ports
  return {
    list: async () => granted(book.tokens),
    async create(token) {
      const fault = faultOf(token, now())
      if (fault !== null) return denied('invalid', fault)
      const live = book.tokens.filter(({ expiresMs }) => expiresMs === null || expiresMs > now())
      if (live.some(({ name }) => name === token.name)) {
        return denied('exists', `a token is called "${token.name}" already; revoke it first, or take another name`)
      }
      if (book.tokens.length >= tokensMax) return denied('unavailable', `there are ${tokensMax} tokens; revoke some`)
      const created = book.create(token)
      const detail = `${created.id} for ${created.role}`
      return granted(
        created,
        await writeDown(ports, { event: 'token.created', subject: created.name, revokes: false, detail }),
      )
    },
    async revoke(id) {
      const revoked = book.revoke(id)
      if (revoked === null) return denied('not-found', `no token has the id ${id}`)
      const noted = { event: 'token.revoked', subject: revoked.name, revokes: true, detail: revoked.id }
      return granted(revoked, await writeDown(ports, noted))
    },
  }
}

function faultOf({ name, expiresMs }: NewToken, nowMs: number): string | null {
  // It goes into the audit log and onto terminals.
  if (name.trim() !== name || name === '' || /\p{Cc}/u.test(name)) {
    return 'name: expected a name without control characters and without blanks at its ends'
  }
  return expiresMs !== null && expiresMs <= nowMs ? 'expiresMs: expected a time to come' : null
}
