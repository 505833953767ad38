/**
 * Enrolment: what it gives for the right password, that refusals are all alike for whoever asks, and that they are
 * limited and written down.
 */
import { expect, test } from 'vitest'
import { Enrolment } from '../../../../src/directory/enrolment/enrolment.ts'
import { LocalPasswords } from '../../../../src/directory/enrolment/password-proof.ts'
import { KeyedSeals } from '../../../../src/runtime/index.ts'
import { passwordOf, ServerWorld } from '../../../support/server-world.ts'
import { WireClient } from '../../../support/wire-client.ts'

const nameOf = (aor: string) => aor.replace(/^sip:|@.*$/g, '')

async function enrolment() {
  const world = await ServerWorld.start({ workers: 2 })
  const audited: string[] = []
  const logged: string[] = []
  const act = async (aor: string, request: Parameters<ServerWorld['admin']>[1]) => world.admin(nameOf(aor), request)
  const desk = new Enrolment(
    {
      clock: world.clock,
      entropy: world.entropy,
      seals: new KeyedSeals(Buffer.alloc(32, 7)),
      log: { write: (_: string, event: string) => void logged.push(event) },
      act,
      passwords: new LocalPasswords(act, 'example.test'),
      audit: async ({ event, aor }) => void audited.push(`${event} ${aor}`),
    },
    { realm: 'example.test', domains: ['example.test'] },
  )
  return { world, desk, audited, logged }
}

const alice = { name: 'alice', password: passwordOf('alice'), source: '192.0.2.1' }

test('the password gives a secret by which the device signs in, and a pass for the next steps', async () => {
  const { world, desk, audited } = await enrolment()
  const enrolled = await desk.enrol(alice, 'Laptop')
  if (!enrolled.ok) throw new Error(enrolled.message)
  const { userName, secret, pass, aor } = enrolled.value
  expect({ userName, aor }).toEqual({ userName: 'alice+laptop', aor: 'sip:alice@example.test' })
  expect(secret).toMatch(/^[a-km-np-z2-9]{20}$/)
  expect(new WireClient(world, 'alice', { userName, password: secret }).register().statusCode).toBe(200)
  const again = await desk.enrol({ pass, source: '' }, 'phone')
  expect(again).toMatchObject({ ok: true, value: { userName: 'alice+phone' } })
  expect(await desk.revoke({ pass, source: '' }, 'laptop')).toMatchObject({
    ok: true,
    value: { devices: [{ device: 'phone' }] },
  })
  expect(await desk.revoke({ pass, source: '' }, 'laptop')).toMatchObject({ ok: false, status: 404 })
  expect(await desk.list(alice)).toMatchObject({ value: { devices: [{ userName: 'alice+phone' }] } })
  expect(audited).toEqual(['device.enrolled', 'device.enrolled', 'device.revoked'].map((event) => `${event} ${aor}`))
  world.advance(11 * 60_000)
  expect(await desk.list({ pass, source: '' })).toMatchObject({ ok: false, status: 403 })
})

test('whoever is refused learns the same, whyever: no such user, wrong, disabled, no name at all', async () => {
  const { world, desk, audited, logged } = await enrolment()
  world.admin('bob', { act: 'set-disabled', disabled: true })
  const asked = [
    { ...alice, password: 'wrong' },
    { ...alice, name: 'nobody' },
    { ...alice, name: 'bob', password: passwordOf('bob') },
    { ...alice, name: '*)(objectClass=*' },
    { ...alice, name: 'alice', password: '' },
    { ...alice, name: '' },
  ]
  const answers = new Set<string>()
  for (const asker of asked) answers.add(JSON.stringify(await desk.enrol(asker, 'laptop')))
  expect([...answers]).toEqual([expect.stringContaining('"status":403')])
  expect(logged).toContain('enrolment.refused')
  expect(audited).toContain('enrolment.refused sip:bob@example.test')
  expect(await desk.list({ pass: 'made-up', source: '' })).toMatchObject({ ok: false, status: 403 })
})

test('guessing is limited by account and by address, and a bad device name costs no try', async () => {
  const { world, desk } = await enrolment()
  expect(await desk.enrol(alice, 'a+b')).toMatchObject({ ok: false, status: 400 })
  const wrong = { ...alice, password: 'wrong' }
  for (let count = 0; count < 5; count++) expect(await desk.enrol(wrong, 'x')).toMatchObject({ status: 403 })
  expect(await desk.enrol(alice, 'x')).toMatchObject({ status: 429 })
  // Another account from there, until the address has had enough.
  expect(await desk.enrol({ ...alice, name: 'bob', password: passwordOf('bob') }, 'x')).toMatchObject({ ok: true })
  world.advance(31_000)
  expect(await desk.enrol(alice, 'x')).toMatchObject({ ok: true })
})
