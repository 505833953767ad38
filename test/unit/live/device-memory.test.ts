/**
 * A simulated device takes little memory, so that one machine has room for ten thousands: all that it holds after
 * sign-in, beside its socket.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { DeviceRig } from '../../support/device-rig.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heapBytes(): number {
  for (let times = 0; times < 3; times++) collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Kept, so that nothing of one is counted as gained by the next. */
const rigs: DeviceRig[] = []

async function bytesPerDevice(users: number, plan: { readonly lists: boolean; readonly contacts: number }) {
  const before = heapBytes()
  const actions = Array.from({ length: users }, (_, user) => [user, { kind: 'sign-in', user, device: 0 }] as const)
  const rig = new DeviceRig(actions, { users, ...plan, extraPackages: ['presence.winfo', 'xcap-diff'] })
  rigs.push(rig)
  rig.isForgetful = true
  rig.answerOf = ({ method }) =>
    method === 'PUBLISH'
      ? { status: 200, headers: [['SIP-ETag', `tag${++rig.tags}`]] }
      : { status: 200, headers: [['Contact', '<sip:127.0.0.1:5060;transport=tcp>']] }
  await rig.pass(4)
  expect(rig.fleet.registered).toBe(users)
  expect(rig.fleet.underWay).toBe(0)
  return (heapBytes() - before) / users
}

it.each([
  { lists: true, contacts: 16, atMost: 4096 },
  { lists: true, contacts: 50, atMost: 4096 },
  { lists: false, contacts: 16, atMost: 8192 },
])('an idle device with $contacts contacts, lists $lists, takes at most $atMost bytes', async ({ atMost, ...plan }) => {
  // What code and tables take by themselves.
  await bytesPerDevice(500, plan)
  expect(await bytesPerDevice(2_000, plan)).toBeLessThan(atMost)
})
