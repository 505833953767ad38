/**
 * P8: a server with a collector in its configuration sends it what passes, from all workers, as HEP3, without
 * credentials and texts.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterAll, expect, it } from 'vitest'
import { parseMessage } from '../../src/sip/message/parse.ts'
import { readHep3 } from '../support/hep3-packet.ts'
import { eventually, freeEndpoints, serverFolder } from '../support/server-process.ts'

const { serve } = serverFolder()
const collector = createSocket('udp4')
afterAll(() => collector.close())

it('P8: sign-ins and messages reach the collector', { timeout: 120_000 }, async () => {
  const packets: Buffer[] = []
  collector.on('message', (packet) => packets.push(packet))
  collector.bind(0, '127.0.0.1')
  await once(collector, 'listening')
  const { port } = collector.address()
  const section = { HOST: '127.0.0.1', PORT: port, CAPTUREID: 7, PASSWORD: 'myHep' }
  const given = Object.entries(section).map(([key, value]) => [`MERIDIAN__HEP__${key}`, String(value)])
  const server = await serve(['serve'], freeEndpoints, Object.fromEntries(given))
  const alice = await server.connect('alice')
  const bob = await server.connect('bob')
  expect([await alice.register(), await bob.register()]).toEqual([200, 200])
  expect(await alice.message('bob', 'meet me at the lake')).toBe(200)
  const messages = () =>
    packets.map((packet) => {
      const chunks = readHep3(packet)
      expect([chunks.get(12)!.readUInt32BE(), chunks.get(14)!.toString()]).toEqual([7, 'myHep'])
      const { message } = parseMessage(Buffer.from(chunks.get(15)!))
      expect(chunks.get(17)!.toString()).toBe(message!.callId)
      return message!
    })
  await eventually('both legs of the message are there', () => {
    const methods = messages().map(({ method, cseq, statusCode }) => `${method || statusCode} ${cseq!.method}`)
    const count = (what: string) => methods.filter((each) => each === what).length
    return count('MESSAGE MESSAGE') >= 2 && count('200 MESSAGE') >= 2 && count('200 REGISTER') >= 2
  })
  expect(Buffer.concat(packets).toString('latin1')).not.toMatch(/lake|response="[0-9a-f]/)
  alice.end()
  bob.end()
})
