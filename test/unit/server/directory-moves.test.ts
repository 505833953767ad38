/**
 * Users of the directory between homes (§9.4): a changed attribute is a request that their home carries out, refused
 * ones are asked for again, and who comes or goes is followed.
 */
import { expect, test } from 'vitest'
import type { DirectoryAccounts } from '../../../src/directory/index.ts'
import type { DirectoryUserFacts } from '../../../src/ports/directory.ts'
import type { MoveReply } from '../../../src/ports/move-bus.ts'
import { DirectoryMoves } from '../../../src/server/directory-moves.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'

const aor = 'sip:alice@corp.example' as Aor
const facts: DirectoryUserFacts = { guid: 'g', dn: 'CN=a', displayName: '', aliases: [], against: [], home: 'one.test' }

function rig() {
  const seen: string[] = []
  const state: { reply: MoveReply; wanted: boolean } = {
    reply: { ok: false, error: 'unavailable', message: 'no link' },
    wanted: true,
  }
  const accounts = {
    requestedMoves: () => (state.wanted ? [{ aor, to: 'two.test' }] : []),
    left: (who: Aor) => void seen.push(`left ${who}`),
    arrived: (who: Aor, what: DirectoryUserFacts) => void seen.push(`arrived ${who} ${what.home}`),
  } as unknown as DirectoryAccounts
  const asks = {
    askMove: async (who: Aor, act: { act: string }) => {
      seen.push(`${act.act} ${who}`)
      return state.reply
    },
    act: async () => {
      const shown = { ok: true, account: null, devices: [], credentials: [], directory: facts } as const
      return { ...shown, mailboxMessages: 0, unconfirmed: [] }
    },
  }
  const audit = (event: string) => void seen.push(`audit ${event}`)
  const log = { write: (_: string, event: string) => void seen.push(event) }
  return { seen, state, moves: new DirectoryMoves(accounts, asks, { log, audit, ownName: 'one.test' }) }
}

test('a request is carried out, until it is; what stops it is said once', async () => {
  const { seen, state, moves } = rig()
  await moves.request()
  await moves.request()
  expect(seen.splice(0)).toEqual([`move ${aor}`, 'directory.not-moved', `move ${aor}`])
  state.reply = { ok: true, aor, from: 'one.test', to: 'two.test', epoch: 2, recordsCount: 3, frozenMs: 4 }
  await moves.request()
  expect(seen.splice(0)).toEqual([`move ${aor}`, `left ${aor}`, 'audit directory.moved'])
  state.wanted = false
  await moves.request()
  expect(seen).toEqual([])
})

test('who was moved away is no longer followed here, who has come is, whoever asked for it', async () => {
  const { seen, moves } = rig()
  const moved = (server: string) => ({ kind: 'user-moved', aor, names: [], server, epoch: 2, by: 'record' }) as const
  await moves.onMoved(moved('two.test'))
  await moves.onMoved(moved('one.test'))
  expect(seen).toEqual([`left ${aor}`, `arrived ${aor} one.test`])
})
