/**
 * Accounts that follow Active Directory: who becomes one, what of names that several claim, renamed users, addresses
 * that are somebody else's, homes, and a shard that does not answer.
 */
import { expect, test } from 'vitest'
import { DirectoryAccounts, type UserHome } from '../../../../src/directory/active-directory/directory-accounts.ts'
import type { DirectoryUser } from '../../../../src/directory/active-directory/directory-user.ts'
import type { AdminReply } from '../../../../src/ports/admin.ts'
import type { DirectoryUserFacts } from '../../../../src/ports/directory.ts'
import type { TimerTarget } from '../../../../src/ports/timers.ts'
import { parseAor } from '../../../../src/sip/uri/aor.ts'

const aorOf = (name: string) => parseAor(`sip:${name}@corp.example`)!

function user(name: string, over: Partial<DirectoryUser> = {}): DirectoryUser {
  return {
    guid: name,
    dn: `CN=${name},DC=corp,DC=example`,
    aor: aorOf(name),
    aliases: [],
    upn: null,
    displayName: name,
    sipEnabled: true,
    accountDisabled: false,
    home: 'none',
    targetHomeDn: null,
    usn: 1n,
    ...over,
  }
}

function rig(homeOf: (user: DirectoryUser) => UserHome = () => 'here') {
  const told: string[] = []
  const logged: string[] = []
  const timers: TimerTarget[] = []
  const groups: { known: readonly string[] | null } = { known: [] }
  const elsewhere: { home: string | null } = { home: null }
  let refusal: AdminReply | null = null
  const account = {
    ok: true,
    account: null,
    devices: [],
    credentials: [],
    mailboxMessages: 0,
    unconfirmed: [],
  } as const
  const accounts = new DirectoryAccounts(
    {
      log: { write: (_: string, event: string) => void logged.push(event) },
      timers: { set: (_, target) => ({ target: timers[timers.push(target) - 1]! }), cancel: () => {} },
      audit: (event, aor) => void logged.push(`audit ${event} ${aor}`),
      otherHome: async () => elsewhere.home,
      act: async (aor, request) => {
        if (request.act !== 'put-directory') throw new Error(request.act)
        const { against, aliases } = request.facts
        told.push([aor, ...aliases, ...against.map((word) => `!${word}`)].join(' ').replaceAll('@corp.example', ''))
        return refusal ?? { ...account, directory: request.facts }
      },
    },
    { domains: () => ['corp.example'], homeOf, ownName: 'home1.corp.example', groupsOf: () => groups.known },
  )
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    return told.splice(0)
  }
  const refuse = (reply: AdminReply | null) => {
    refusal = reply
  }
  const tick = () => {
    for (const target of timers.splice(0)) target.onTimer(0)
  }
  return { accounts, settle, logged, refuse, tick, groups, elsewhere }
}

test('whoever may sign in becomes an account, a no is told, and nothing is told twice', async () => {
  const { accounts, settle, logged } = rig()
  accounts.onChange('alice', user('alice'), [])
  accounts.onChange('dave', user('dave'), ['sip-disabled'])
  expect(await settle()).toEqual(['sip:alice'])
  accounts.onChange('alice', user('alice'), [])
  expect(await settle()).toEqual([])
  accounts.onChange('alice', null, ['deleted'])
  expect(await settle()).toEqual(['sip:alice !deleted'])
  expect(logged).toContain('audit directory.user-denied sip:alice@corp.example')
  accounts.onChange('alice', user('alice'), [])
  expect(await settle()).toEqual(['sip:alice'])
  expect(accounts.known()).toEqual(new Map([['alice', 'CN=alice,DC=corp,DC=example']]))
})

test('of two with one address both are refused and audited, until one has another', async () => {
  const { accounts, settle, logged } = rig()
  accounts.hold()
  accounts.onChange('dup1', user('dup1', { aor: aorOf('dup') }), [])
  accounts.onChange('dup2', user('dup2', { aor: aorOf('dup') }), [])
  accounts.goOn()
  expect(await settle()).toEqual([])
  expect(logged.filter((event) => event === 'audit directory.duplicate-address sip:dup@corp.example')).toHaveLength(2)
  accounts.onChange('dup2', user('dup2', { aor: aorOf('two') }), [])
  expect((await settle()).sort()).toEqual(['sip:dup', 'sip:two'])
  // Somebody takes the address of an account that is there: neither has it.
  accounts.onChange('eve', user('eve', { aor: aorOf('dup') }), [])
  expect(await settle()).toEqual(['sip:dup !duplicate-address'])
})

test('another name counts where it is his alone, and in our domains', async () => {
  const { accounts, settle } = rig()
  const aliases = [aorOf('info'), aorOf('bob'), aorOf('al'), parseAor('sip:al@other.example')!]
  accounts.onChange('alice', user('alice', { aliases }), [])
  expect(await settle()).toEqual(['sip:alice sip:al sip:bob sip:info'])
  accounts.onChange('bob', user('bob', { aliases: [aorOf('info')] }), [])
  expect((await settle()).sort()).toEqual(['sip:alice sip:al', 'sip:bob'])
})

test('renamed users keep their account and both names; a name of before is not given to another', async () => {
  const { accounts, settle, refuse, logged } = rig()
  accounts.onChange('alice', user('alice'), [])
  await settle()
  accounts.onChange('alice', user('alice', { aor: aorOf('alison') }), [])
  expect(await settle()).toEqual(['sip:alice sip:alison'])
  refuse({ ok: false, error: 'exists', message: 'the account of another object' })
  accounts.onChange('new', user('new', { aor: aorOf('alice') }), [])
  await settle()
  expect(logged).toContain('audit directory.address-taken sip:alice@corp.example')
})

test('at home elsewhere or nowhere: no account, and that is said; an account stays when its home changes', async () => {
  let home: UserHome = 'here'
  const { accounts, settle, logged } = rig(() => home)
  accounts.onChange('alice', user('alice'), [])
  await settle()
  home = { server: 'home2.corp.example' }
  accounts.onChange('alice', user('alice'), [])
  accounts.onChange('bob', user('bob'), [])
  home = { nowhere: 'a pool that was deleted' }
  accounts.onChange('carol', user('carol'), [])
  expect(await settle()).toEqual([])
  expect(logged).toContain('directory.move-asked')
  expect(logged).toContain('audit directory.no-home sip:carol@corp.example')
  home = 'here'
  accounts.lookAgain()
  expect((await settle()).sort()).toEqual(['sip:bob', 'sip:carol'])
})

test('what a shard does not take is told again, the newest of it', async () => {
  const { accounts, settle, refuse, tick } = rig()
  refuse({ ok: false, error: 'unavailable', message: '' })
  accounts.onChange('alice', user('alice'), [])
  expect(await settle()).toEqual(['sip:alice'])
  accounts.onChange('alice', user('alice', { aliases: [aorOf('al')] }), [])
  refuse(null)
  tick()
  expect((await settle()).at(-1)).toBe('sip:alice sip:al')
})

test('a catalog’s word counts for whom nobody follows yet, and lifts no no', async () => {
  const { accounts, settle } = rig()
  accounts.hold()
  expect(await accounts.take(user('alice'), [])).toEqual({ aor: aorOf('alice') })
  expect(await accounts.take(user('bob', { sipEnabled: false }), [])).toEqual({ no: 'sip-disabled', isForNow: false })
  expect(await accounts.take(user('carol'), ['deleted'])).toEqual({ no: 'deleted', isForNow: false })
  expect(await settle()).toEqual(['sip:alice'])
  const facts: DirectoryUserFacts = {
    guid: 'dora',
    dn: 'CN=dora',
    displayName: '',
    aliases: [],
    against: ['expired'],
    home: '',
  }
  accounts.load(aorOf('dora'), facts)
  expect(await accounts.take(user('dora'), [])).toEqual({ no: 'expired', isForNow: false })
})

test('nobody becomes an account before it is known which groups he is in', async () => {
  const { accounts, settle, groups } = rig()
  groups.known = null
  accounts.onChange('alice', user('alice'), [])
  expect(await settle()).toEqual([])
  expect(await accounts.take(user('bob'), [])).toEqual({ no: expect.stringContaining('groups'), isForNow: true })
  groups.known = ['staff']
  accounts.lookAgain()
  expect((await settle()).sort()).toEqual(['sip:alice', 'sip:bob'])
})

const one = 'home1.corp.example'
const two = { server: 'home2.corp.example' }
const cameFrom = (home: string): DirectoryUserFacts => {
  return { guid: 'alice', dn: 'CN=alice,DC=corp,DC=example', displayName: 'alice', aliases: [], against: [], home }
}

test('§9.4: a changed home is a request to move him, taken back where it is changed back', async () => {
  let home: UserHome = 'here'
  const { accounts, settle } = rig(() => home)
  accounts.onChange('alice', user('alice'), [])
  await settle()
  home = two
  accounts.onChange('alice', user('alice'), [])
  expect(accounts.requestedMoves()).toEqual([{ aor: aorOf('alice'), to: two.server }])
  home = 'here'
  accounts.onChange('alice', user('alice'), [])
  expect(accounts.requestedMoves()).toEqual([])
  home = two
  accounts.onChange('alice', user('alice'), [])
  accounts.left(aorOf('alice'))
  expect([accounts.requestedMoves(), accounts.accountsCount]).toEqual([[], 0])
  accounts.onChange('alice', user('alice', { displayName: 'another' }), [])
  expect(await settle()).toEqual([])
})

test('§9.4: a change while the server was down is seen at its start, by what was kept', async () => {
  const { accounts } = rig(() => two)
  accounts.load(aorOf('alice'), cameFrom(one))
  accounts.onChange('alice', user('alice'), [])
  expect(accounts.requestedMoves()).toEqual([{ aor: aorOf('alice'), to: two.server }])
})

test('§9.4: a directory that is behind sends nobody back who was moved here, and his noes count here', async () => {
  let home: UserHome = two
  const { accounts, settle, logged } = rig(() => home)
  accounts.onChange('alice', user('alice'), [])
  expect(await settle()).toEqual([])
  accounts.arrived(aorOf('alice'), cameFrom(two.server))
  accounts.onChange('alice', user('alice'), [])
  expect(accounts.requestedMoves()).toEqual([])
  expect(logged).toContain('directory.home-behind')
  accounts.onChange('alice', user('alice'), ['account-disabled'])
  expect(await settle()).toEqual(['sip:alice !account-disabled'])
  accounts.onChange('alice', user('alice'), [])
  await settle()
  home = { server: 'home3.corp.example' }
  accounts.onChange('alice', user('alice'), [])
  expect(accounts.requestedMoves()).toEqual([{ aor: aorOf('alice'), to: 'home3.corp.example' }])
})

test('§9.4: nobody becomes an account here while another home has him; two homes must not', async () => {
  const { accounts, settle, elsewhere, logged } = rig(() => 'here')
  elsewhere.home = two.server
  accounts.onChange('alice', user('alice'), [])
  expect(await settle()).toEqual([])
  expect(await accounts.take(user('bob'), [])).toMatchObject({ no: expect.stringContaining('still has him') })
  expect(logged).toContain('audit directory.home-awaited sip:alice@corp.example')
  accounts.askAgain()
  expect(await settle()).toEqual([])
  // The move has come: what he is was copied, and nothing is made anew.
  accounts.arrived(aorOf('alice'), cameFrom(one))
  elsewhere.home = null
  accounts.askAgain()
  expect(await settle()).toEqual(['sip:bob'])
})

test('while links or the list of homes are still to come a user is told later, and is asked for at once', async () => {
  let home: UserHome = 'unread'
  const { accounts, settle, elsewhere } = rig(() => home)
  accounts.onChange('bob', user('bob'), [])
  expect(await accounts.take(user('bob'), [])).toEqual({ no: expect.stringContaining('not read'), isForNow: true })
  home = 'here'
  elsewhere.home = 'unsure'
  accounts.lookAgain()
  expect(await settle()).toEqual([])
  expect(await accounts.take(user('bob'), [])).toEqual({ no: expect.stringContaining('answer'), isForNow: true })
  elsewhere.home = null
  expect(await accounts.take(user('bob'), [])).toEqual({ aor: aorOf('bob') })
})
