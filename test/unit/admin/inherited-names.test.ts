/**
 * A body with a name that every object inherits is refused like any other name that a route does not have: nothing in
 * a request is silently left unread.
 */
import { expect, it } from 'vitest'
import { AdminFrontWorld, bodyOf } from '../../support/admin-front-world.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const names = Object.getOwnPropertyNames(Object.prototype)

it('whichever name, at the top and below', async () => {
  const { ask, token } = new AdminFrontWorld(newFolder())
  const administrator = token('administrator')
  expect(names).toContain('constructor')
  for (const name of names) {
    const field = `"${name}": 1`
    const bodies = [
      `{"name": "dora", "password": "open sesame", ${field}}`,
      `{"name": "dora", "password": "open sesame", "groups": [{${field}}]}`,
    ]
    for (const body of bodies) {
      const answer = await ask('POST', '/v1/users', { token: administrator, body: Buffer.from(body) })
      expect([answer.status, bodyOf(answer).detail]).toEqual([400, `${name}: no such name`])
    }
  }
  expect((await ask('GET', '/v1/users/dora', { token: administrator })).status).toBe(404)
})

it('a body that is nested as deep as it may be large is answered', async () => {
  const { ask, token } = new AdminFrontWorld(newFolder())
  const body = Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)
  expect((await ask('POST', '/v1/users', { token: token('administrator'), body })).status).toBe(400)
})
