/**
 * Accounts belong to homes: a front end makes none, whoever asks, since nobody would ever be served by it.
 */
import type { ServerRole } from '../ports/topology.ts'
import type { AccountBook } from './ports.ts'

const message = 'this server is a front end, which holds no users: add them at the server that is to be their home'

/** What was made before it became a front end can still be shown, and removed. */
export function accountsOfRole(role: ServerRole, accounts: AccountBook): AccountBook {
  if (role !== 'front-end') return accounts
  return {
    act: async (aor, request) =>
      request.act === 'add' ? { ok: false, error: 'invalid', message } : accounts.act(aor, request),
    list: () => accounts.list(),
  }
}
