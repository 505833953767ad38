/**
 * The check of a password by bind: every reason of a domain controller told apart, the budget of wrong passwords, the
 * password that is empty.
 */
import { expect, test } from 'vitest'
import { bindRefusal } from '../../../../src/directory/active-directory/bind-refusal.ts'
import { Catalogs } from '../../../../src/directory/active-directory/catalogs.ts'
import { checkPassword } from '../../../../src/directory/active-directory/check-password.ts'
import { judgeFound } from '../../../../src/directory/active-directory/find-user.ts'
import { readLockoutPolicy } from '../../../../src/directory/active-directory/lockout-policy.ts'
import { PasswordBudget, triesAllowed } from '../../../../src/directory/active-directory/password-budget.ts'
import { FakeCatalog, FakeClock, type FakeEntry, fakePerson, fakePorts } from '../../../support/fake-catalogs.ts'
import { aorOf } from '../../../support/server-world.ts'
import { entryOf } from './entry-of.ts'

const diagnostic = (code: string) =>
  `80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data ${code}, v4563`

test.each([
  ['525', 'wrong', 'there is no such account'],
  ['52e', 'wrong', 'the name or the password is wrong'],
  ['530', 'barred', 'the account may not sign in at this hour'],
  ['531', 'barred', 'the account may not sign in from this computer'],
  ['532', 'barred', 'the password has expired'],
  ['533', 'barred', 'the account is disabled'],
  ['568', 'barred', 'the account is in too many groups'],
  ['701', 'barred', 'the account has expired'],
  ['773', 'barred', 'the password must be changed first'],
  ['775', 'locked', 'the account is locked out'],
  ['7ff', 'unknown', 'refused for a reason that we do not know'],
])('sub-code %s is %s: %s', (code, kind, words) => {
  expect(bindRefusal(diagnostic(code))).toEqual({ kind, code, words })
  expect(bindRefusal(diagnostic(code.toUpperCase())).code).toBe(code)
})

test('a diagnostic without a code is no reason', () => {
  expect(bindRefusal('Simple Bind Failed')).toMatchObject({ kind: 'unknown', code: null })
})

test('tries are at most half of what locks, 3 where that is unknown, one where the first one locks', () => {
  const allowed = [null, 0, 1, 2, 3, 5, 10].map((threshold) => triesAllowed({ threshold, windowMs: null }))
  expect(allowed).toEqual([3, 10, 1, 1, 1, 2, 5])
})

test('wrong passwords are forgotten a window after the last one, not each after its own', () => {
  const budget = new PasswordBudget()
  const policy = { threshold: 5, windowMs: 1000 }
  const wrongAt = (ms: number) => {
    const taken = budget.take('a', policy, ms)
    if (taken) budget.settle('a', true, ms)
    return taken
  }
  expect([wrongAt(0), wrongAt(900), wrongAt(1100), wrongAt(1899), wrongAt(1900)]).toEqual([
    true,
    true,
    false,
    false,
    true,
  ])
})

test('tries under way count: a hundred at once are two', () => {
  const budget = new PasswordBudget()
  const taken = Array.from({ length: 100 }, () => budget.take('a', { threshold: 5, windowMs: 1000 }, 0))
  expect(taken.filter(Boolean)).toHaveLength(2)
})

test('a right password costs nothing', () => {
  const budget = new PasswordBudget()
  for (let i = 0; i < 50; i++) {
    expect(budget.take('a', { threshold: 5, windowMs: 1000 }, i)).toBe(true)
    budget.settle('a', false, i)
  }
})

function rig() {
  const clock = new FakeClock()
  const catalog = new FakeCatalog('dc1', clock)
  const ports = fakePorts(clock, [catalog])
  const server = { host: 'dc1', port: 3269, site: 'here', priority: 0 }
  const account = { name: 'svc', password: 'x' }
  const catalogs = new Catalogs(ports, { servers: [server], site: 'here', slowMs: 1000, account })
  const found = judgeFound(aorOf('alice@corp.example'), [entryOf(fakePerson('alice'))])
  if (found.found !== 'user') throw new Error('no user')
  const check = (password: string) =>
    checkPassword({ ...ports, catalogs, budget }, found.user, { password, policy: { threshold: 5, windowMs: 1000 } })
  const budget = new PasswordBudget()
  return { clock, catalog, ports, user: found.user, check }
}

test('an empty password is never sent', async () => {
  const { catalog, check } = rig()
  expect(await check('')).toMatchObject({ granted: false, status: 401 })
  expect(catalog.asked).toEqual([])
})

test('the client learns a status, the log the reason, and neither the password', async () => {
  const { catalog, ports, user, check } = rig()
  catalog.binds.set(user.dn, diagnostic('533'))
  expect(await check('secret word')).toEqual({
    granted: false,
    status: 403,
    words: 'the account is disabled',
    code: '533',
  })
  catalog.binds.set(user.dn, diagnostic('52e'))
  expect(await check('secret word')).toMatchObject({ granted: false, status: 401 })
  expect(ports.events.map(({ fields }) => fields.reason)).toEqual([
    'the account is disabled',
    'the name or the password is wrong',
  ])
  expect(JSON.stringify(ports.events)).not.toContain('secret word')
})

test('after half of what locks, no more is passed on, right or wrong', async () => {
  const { catalog, user, check } = rig()
  catalog.binds.set(user.dn, diagnostic('52e'))
  await check('one')
  await check('two')
  catalog.binds.set(user.dn, null)
  const before = catalog.asked.length
  expect(await check('right')).toMatchObject({ granted: false, status: 403, code: null })
  expect(catalog.asked).toHaveLength(before)
})

test('where no answer comes, the try counts as wrong, and the client may come again later', async () => {
  const { catalog, check } = rig()
  catalog.mode = 'silent'
  expect(await check('one')).toMatchObject({ granted: false, status: 503 })
  await check('two')
  catalog.mode = 'well'
  expect(await check('three')).toMatchObject({ granted: false, status: 403 })
})

test('what locks is read from the domain; a policy of single accounts that cannot be read: unknown', async () => {
  const clock = new FakeClock()
  const domain = 'DC=corp,DC=example'
  const account = `CN=alice,${domain}`
  const pso = `CN=strict,${domain}`
  const policyWith = (...entries: FakeEntry[]) =>
    readLockoutPolicy(new FakeCatalog('dc1', clock, entries).open(), { domain, account })
  const ofDomain = { dn: domain, lockoutThreshold: '50', lockOutObservationWindow: '-18000000000' }
  expect(await policyWith(ofDomain, { dn: account })).toMatchObject({ threshold: 50, windowMs: 1_800_000 })
  const bound = { dn: account, 'msDS-ResultantPSO': pso }
  expect(await policyWith(ofDomain, bound)).toEqual({ threshold: null, windowMs: 1_800_000 })
  const strict = { dn: pso, 'msDS-LockoutThreshold': '3', 'msDS-LockoutObservationWindow': '-600000000' }
  expect(await policyWith(ofDomain, bound, strict)).toMatchObject({ threshold: 3, windowMs: 60_000 })
  const laxer = { ...ofDomain, lockoutThreshold: '4' }
  expect(await policyWith(laxer, bound)).toMatchObject({ threshold: 4 })
})
