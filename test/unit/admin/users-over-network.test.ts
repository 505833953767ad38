/**
 * Users over the network: conditions (RFC 9110 §13), pages, bad input (RFC 9457), and every write in the audit log
 * with who has made it.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import { AdminFrontWorld, bodyOf, type FrontAsk } from '../../support/admin-front-world.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()
let world: AdminFrontWorld
let token: string

beforeEach(() => {
  world = new AdminFrontWorld(newFolder())
  token = world.token('administrator')
})

const ask = (method: string, target: string, more: FrontAsk = {}) => world.ask(method, target, { token, ...more })
const add = (name: string) => ask('POST', '/v1/users', { json: { name, password: 'open sesame' } })
const tagOf = async (name: string) => (await ask('GET', `/v1/users/${name}`)).headers.etag ?? ''

describe('conditions', () => {
  it('a change that takes away needs the tag of what was read (428), of its newest state (412)', async () => {
    await add('alice')
    const first = await tagOf('alice')
    expect((await ask('DELETE', '/v1/users/alice')).status).toBe(428)
    expect((await ask('PATCH', '/v1/users/alice', { json: { displayName: 'A' } })).status).toBe(428)
    expect((await ask('PATCH', '/v1/users/alice', { json: { displayName: 'A' }, ifMatch: first })).status).toBe(200)
    expect(await tagOf('alice')).not.toBe(first)
    expect((await ask('DELETE', '/v1/users/alice', { ifMatch: first })).status).toBe(412)
    expect((await ask('DELETE', '/v1/users/alice', { ifMatch: `W/${await tagOf('alice')}` })).status).toBe(412)
    expect((await ask('DELETE', '/v1/users/alice', { ifMatch: `"x", ${await tagOf('alice')}` })).status).toBe(200)
    expect((await ask('DELETE', '/v1/users/alice', { ifMatch: '*' })).status).toBe(404)
  })

  it('of two who have read the same, one writes; also a password changes the tag', async () => {
    await add('alice')
    const ifMatch = await tagOf('alice')
    const names = ['Anna', 'Bea', 'Cleo']
    const writes = names.map((displayName) => ask('PATCH', '/v1/users/alice', { json: { displayName }, ifMatch }))
    const statuses = (await Promise.all(writes)).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, 412, 412])
    const before = await tagOf('alice')
    await ask('PUT', '/v1/users/alice/password', { json: { password: 'another sesame' } })
    const disable = { json: { disabled: true }, ifMatch: before }
    expect((await ask('PUT', '/v1/users/alice/disabled', disable)).status).toBe(412)
  })

  it('what has not changed is not sent again (304)', async () => {
    await add('alice')
    const tag = await tagOf('alice')
    const answer = await ask('GET', '/v1/users/alice', { ifNoneMatch: `"a", W/${tag}` })
    expect([answer.status, answer.body, answer.headers.etag]).toEqual([304, '', tag])
  })
})

it('pages have everybody once, in order, also while others are added', async () => {
  const names = Array.from({ length: 25 }, (_, index) => `user${String(index).padStart(2, '0')}`)
  for (const name of names.toReversed()) await add(name)
  const seen: string[] = []
  let after = ''
  do {
    const page = bodyOf(await ask('GET', `/v1/users?limit=10&after=${encodeURIComponent(after)}`)).value
    seen.push(...page.users.map(({ aor }: { aor: string }) => aor))
    after = page.next
    await add(`a-newcomer${seen.length}`)
  } while (after !== null)
  expect(seen).toEqual(names.map((name) => `sip:${name}@example.test`))
  expect(bodyOf(await ask('GET', '/v1/users?limit=1&search=USER2')).value).toMatchObject({ total: 5, users: [{}] })
})

describe('bad input', () => {
  it.each([
    ['no JSON', { body: Buffer.from('{') }, 400, 'no JSON'],
    ['bytes that are no UTF-8', { body: Buffer.from('{"name":"\xff"}', 'latin1') }, 400, 'no JSON'],
    ['a name that is not there', { json: { name: 'a', password: 'secret-one', admin: true } }, 400, 'admin: no such'],
    ['a wrong type', { json: { name: 'a', password: 17 } }, 400, 'password: expected string'],
    ['something left out', { json: { name: 'a' } }, 400, 'password: expected'],
    ['a form', { json: {}, contentType: 'text/plain' }, 415, 'application/json'],
    ['no user', { json: { name: 'a b', password: 'open sesame' } }, 400, '"a b" is no address'],
    ['a deep pit', { body: Buffer.from('['.repeat(200_000)) }, 400, ''],
  ])('%s: says where, and not what the password was', async (_what, given: FrontAsk, status, detail) => {
    const answer = await ask('POST', '/v1/users', given)
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json'])
    expect(bodyOf(answer)).toMatchObject({ status, title: expect.any(String), detail: expect.stringContaining(detail) })
    expect(answer.body).not.toContain('secret-one')
  })

  it.each([
    ['limit=0', 400],
    ['limit=10001', 400],
    ['limit=ten', 400],
    ['disabled=maybe', 400],
    ['searhc=x', 400],
    ['limit=1&limit=2', 400],
    ['search=17', 200],
    ['disabled=true', 200],
    ['__proto__=1', 400],
  ])('the query %s is %i', async (query, status) => {
    expect((await ask('GET', `/v1/users?${query}`)).status).toBe(status)
  })

  it('a body where there is none, a path that is none, a method that it has not', async () => {
    expect((await ask('POST', '/v1/backups', { json: { folder: '/etc' } })).status).toBe(400)
    expect((await ask('GET', '/v1/nothing')).status).toBe(404)
    expect((await ask('GET', '/v1/users/%2e%2e%2f/')).status).toBe(404)
    const answer = await ask('PUT', '/v1/users')
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, POST'])
  })
})

it('every write is in the audit log with the name of the token', async () => {
  await add('alice')
  await ask('PATCH', '/v1/users/alice', { json: { displayName: 'A' }, ifMatch: '*' })
  await ask('PUT', '/v1/users/alice/password', { json: { password: 'another sesame' } })
  await ask('PUT', '/v1/users/alice/disabled', { json: { disabled: true } })
  await ask('POST', '/v1/users/alice/groups', { json: { add: ['staff'], remove: [] } })
  await ask('DELETE', '/v1/users/alice', { ifMatch: '*' })
  await ask('POST', '/v1/import', { json: { rows: [{ name: 'bob', password: 'open sesame' }] } })
  const made = bodyOf(await ask('POST', '/v1/tokens', { json: { name: 'ci', role: 'reader' } })).value
  await ask('DELETE', `/v1/tokens/${made.id}`)
  expect(world.audited.map(({ event }) => event)).toEqual([
    'user.added',
    'user.display-name-changed',
    'user.password-changed',
    'user.disabled',
    'user.groups-changed',
    'user.removed',
    'user.added',
    'token.created',
    'token.revoked',
  ])
  expect(new Set(world.audited.map(({ by }) => by))).toEqual(
    new Set([`token a administrator 0 (${token.split('_')[1]})`]),
  )
  expect(JSON.stringify(world.audited)).not.toContain(made.token)
})

it('two tokens have not one name, and none ends before it begins', async () => {
  const create = (json: object) => ask('POST', '/v1/tokens', { json: { role: 'reader', name: 'ci', ...json } })
  expect((await create({})).status).toBe(200)
  expect((await create({})).status).toBe(409)
  expect((await create({ name: 'other', expiresMs: world.clock.nowMs })).status).toBe(400)
  expect((await create({ name: 'a\nb' })).status).toBe(400)
  expect((await create({ name: '' })).status).toBe(400)
})
