/**
 * The admin API over the network, without a listener: who may what (every route, every role), tokens, sessions and
 * their forgery, rates, conditions on users, and the audit of every write.
 */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { roles } from '../../../src/admin/index.ts'
import { adminRoutes } from '../../../src/admin/routes/table.ts'
import { AdminFrontWorld, bodyOf } from '../../support/admin-front-world.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const world = () => new AdminFrontWorld(newFolder())

describe('roles', () => {
  const table = adminRoutes.flatMap((route) => roles.map((role) => [route.method, route.path, role, route] as const))

  const { ask, token } = world()
  const tokens = Object.fromEntries(roles.map((role) => [role, token(role)]))

  it.each(table)('%s %s by a %s', async (method, path, role, route) => {
    const answer = await ask(method, path.replaceAll(/:\w+/g, 'nobody'), { token: tokens[role]! })
    const may = !route.socketOnly && roles.indexOf(role) >= roles.indexOf(route.role)
    // Whoever may is answered by what is behind: that the body is wrong, that there is nobody, or done.
    expect(answer.status === 403).toBe(!may)
  })

  it.each(adminRoutes.map(({ method, path }) => [method, path]))('%s %s by nobody', async (method, path) => {
    const answer = await ask(method!, path!.replaceAll(/:\w+/g, 'nobody'))
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Bearer')])
  })

  it('who may only look cannot do what changes, by any method', () => {
    for (const { method, role } of adminRoutes) if (method !== 'GET') expect(role).not.toBe('reader')
  })
})

describe('tokens', () => {
  it('are good until they are revoked or over, and only whole', async () => {
    const { ask, tokens, clock } = world()
    const { token, id } = tokens.create({ name: 'ci', role: 'reader', expiresMs: clock.nowMs + 1_000 })
    const status = async (text: string) => (await ask('GET', '/v1/session', { token: text })).status
    expect(bodyOf(await ask('GET', '/v1/session', { token })).value).toMatchObject({ name: 'ci', role: 'reader' })
    expect(await status(token.slice(0, -1))).toBe(401)
    expect(await status(`${token}x`)).toBe(401)
    expect(await status(token.replace(/_[\w-]+$/, '_'))).toBe(401)
    expect(await status('mrd__')).toBe(401)
    clock.nowMs += 1_000
    expect(await status(token)).toBe(401)
    const other = tokens.create({ name: 'other', role: 'reader', expiresMs: null })
    expect(await status(other.token)).toBe(200)
    tokens.revoke(other.id)
    expect(await status(other.token)).toBe(401)
    expect(tokens.revoke(id)).toMatchObject({ name: 'ci' })
  })

  it('are kept as hashes, over a restart', async () => {
    const first = world()
    const { token } = first.tokens.create({ name: 'ci', role: 'operator', expiresMs: null })
    expect(first.tokenFile()).not.toContain(token.split('_')[2])
    const { ask } = new AdminFrontWorld(first.folder)
    expect((await ask('GET', '/v1/session', { token })).status).toBe(200)
  })

  it('ten thousand wrong ones: 401, then 429, and the right one goes on, from the same address too', async () => {
    const { ask, token, told } = world()
    const right = token('reader')
    const counts: Record<number, number> = {}
    for (let times = 0; times < 10_000; times++) {
      const wrong = `mrd_${right.split('_')[1]}_${randomBytes(32).toString('base64url')}`
      const { status } = await ask('GET', '/v1/users', { token: wrong, address: '192.0.2.9' })
      counts[status] = (counts[status] ?? 0) + 1
    }
    expect(counts).toEqual({ 401: 20, 429: 9_980 })
    // What is written down has a bound too.
    expect(told.unauthorized).toHaveLength(20)
    expect((await ask('GET', '/v1/users', { token: right, address: '192.0.2.9' })).status).toBe(200)
  })
})

describe('rates', () => {
  it('one token may ask so often, another is not held back by it', async () => {
    const { ask, token, settings, clock } = world()
    settings.requestsPerSecond = 2
    const [busy, quiet] = [token('reader'), token('operator')]
    const statuses: number[] = []
    for (let index = 0; index < 9; index++) {
      statuses.push((await ask('GET', '/v1/session', { token: busy, address: `192.0.2.${index}` })).status)
    }
    expect(statuses).toEqual([...Array(8).fill(200), 429])
    const limited = await ask('GET', '/v1/session', { token: busy, address: '192.0.2.99' })
    expect(limited.headers['retry-after']).toBe('1')
    expect((await ask('GET', '/v1/session', { token: quiet, address: '192.0.2.99' })).status).toBe(200)
    clock.monotonicMs += 500
    expect((await ask('GET', '/v1/session', { token: busy, address: '192.0.2.98' })).status).toBe(200)
  })

  it('one address may ask so often, with whatever tokens', async () => {
    const { ask, settings } = world()
    settings.requestsPerSecond = 2
    const statuses = new Set<number>()
    for (let index = 0; index < 9; index++) statuses.add((await ask('GET', '/v1/openapi.json')).status)
    expect([...statuses]).toEqual([200, 429])
  })
})

describe('certificates', () => {
  it('stand in for a token by their names, in the role that the configuration gives', async () => {
    const { ask, settings } = world()
    settings.certificateRoles = [{ name: 'ops.example.test', role: 'operator' }]
    const certificateNames = ['Operations', 'ops.example.test']
    expect(bodyOf(await ask('GET', '/v1/session', { certificateNames })).value).toMatchObject({ role: 'operator' })
    expect((await ask('GET', '/v1/tokens', { certificateNames })).status).toBe(403)
    expect((await ask('GET', '/v1/session', { certificateNames: ['who.example.test'] })).status).toBe(401)
  })

  it('of a browser are no way in for pages of other sites', async () => {
    const { ask, settings } = world()
    settings.certificateRoles = [{ name: 'ops', role: 'administrator' }]
    const post = (origin: string | null) =>
      ask('POST', '/v1/config/reload', { certificateNames: ['ops'], origin, host: 'im.example.test:5444' })
    expect((await post('https://evil.example')).status).toBe(403)
    expect((await post('https://im.example.test:5444')).status).not.toBe(403)
    expect((await post(null)).status).not.toBe(403)
  })
})
