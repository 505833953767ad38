/**
 * P6: conversations of local users never leave the topology. Two front ends and two homes, each on a machine (network
 * namespace) of its own with an interface to the outside and the default route there; a sniffer listens on the outside
 * while users sign in, write, watch each other and name strangers of their own domain.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SocketClient } from '../support/socket-client.ts'
import { describeClient } from './support/client-programs.ts'
import { Namespaces, whyNoNamespaces } from './support/namespaces.ts'
import { domain, password } from './support/server.ts'
import { InteropTopology } from './support/topology.ts'

const testMs = 180_000
const roles = { front1: 'front-end', front2: 'front-end', home1: 'home', home2: 'home' } as const
const users = { alice: 'home1', bob: 'home2', carol: 'home1' } as const

const absent = whyNoNamespaces()
const describeHere = absent === null ? describe : describe.skip

describeClient(['ip', 'tcpdump'], 'a sniffer on the outside', () => {
  describeHere(`hears nothing of local users${absent === null ? '' : ` (skipped: ${absent})`}`, () => {
    let spaces: Namespaces
    let topology: InteropTopology

    beforeAll(async () => {
      spaces = new Namespaces(Object.keys(roles))
      await spaces.sniff()
      topology = await InteropTopology.start({ roles, users, place: (name) => spaces.place(name) })
    }, testMs)
    afterAll(async () => {
      await topology?.stop()
      await spaces?.stop()
    })

    const signIn = async (server: string, name: string): Promise<SocketClient> => {
      const { host, port } = topology.server(server)
      const client = await SocketClient.connect({ transport: 'tcp', host, port: port('tcp') }, { name, password })
      expect(await client.register()).toBe(200)
      return client
    }

    it(
      'while they sign in, write, watch, call and ask for whom there is not',
      async () => {
        await spaces.callOut('front1', 'before')
        const before = spaces.heard.length
        expect(before).toBeGreaterThan(0)
        const [alice, bob, carol] = [
          await signIn('front1', 'alice'),
          await signIn('front2', 'bob'),
          await signIn('home1', 'carol'),
        ]
        // Across front ends and homes, to whom is away, and to nobody of the own domain.
        expect(await alice.message('bob', 'one')).toBe(200)
        expect(await bob.message('alice', 'two')).toBe(200)
        expect(await bob.message('carol', 'three')).toBe(200)
        expect(await carol.message('nobody', 'four')).toBe(404)
        const uri = `sip:alice@${domain}`
        const watch = [
          ['Event', 'presence'],
          ['Accept', 'application/pidf+xml'],
          ['Contact', `<sip:bob@${domain}>`],
        ] as const
        const subscribed = await bob.ask('SUBSCRIBE', { uri, to: uri, headers: watch })
        expect(subscribed.statusCode).toBe(200)
        const call = await bob.ask('INVITE', { uri, to: uri, headers: [['Contact', `<sip:bob@${domain}>`]] })
        expect(call.statusCode).toBe(200)
        alice.end()
        expect(await bob.message('alice', 'five')).toBe(202)
        bob.end()
        carol.end()
        expect(spaces.heard.slice(before)).toEqual([])
        // It was not deaf meanwhile, on any machine.
        for (const name of Object.keys(roles)) await spaces.callOut(name, 'after')
        const calls = spaces.heard.filter((line) => line.includes('203.0.113.9.5060'))
        expect(calls).toHaveLength(1 + Object.keys(roles).length)
        // Nor has it told late of anything but these calls, and of who asked where the way out is.
        expect(spaces.heard.filter((line) => !/203\.0\.113\.9|^ARP/.test(line))).toEqual([])
      },
      testMs,
    )
  })
})
