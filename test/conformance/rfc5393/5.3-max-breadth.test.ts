/**
 * RFC 5393 §5.3: Max-Breadth bounds how many branches of a request exist at once.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 5393 §5.3 Max-Breadth at %i workers', (workers) => {
  async function called(devices: number, given: string | null) {
    const world = await ServerWorld.start({ workers })
    const [alice] = signedIn(new WireClient(world, 'alice'))
    const bobs = signedIn(...Array.from({ length: devices }, () => new WireClient(world, 'bob')))
    const branch = sendInvite(alice, 'bob', given === null ? {} : { headers: [['Max-Breadth', given]] })
    return { alice, bobs, branch }
  }

  const rung = (bobs: readonly WireClient[]) => bobs.filter((bob) => bob.requests('INVITE').length > 0)
  const breadths = (bobs: readonly WireClient[]) =>
    bobs.map((bob) => Number(bob.requests('INVITE')[0]?.first(HeaderId.maxBreadth)))

  it('§5.3.3: without the header one MUST be added, 60 in all', async () => {
    expect(breadths((await called(1, null)).bobs)).toEqual([60])
    expect(breadths((await called(3, null)).bobs)).toEqual([20, 20, 20])
  })

  it('branches share what came; together they MUST NOT exceed it', async () => {
    expect(breadths((await called(2, '7')).bobs)).toEqual([3, 3])
  })

  it('more than we allow MUST be overwritten', async () => {
    expect(breadths((await called(1, '4000')).bobs)).toEqual([60])
  })

  it('a fork larger than the breadth is tried in parts, one after the other', async () => {
    const { alice, bobs, branch } = await called(3, '2')
    expect(rung(bobs)).toHaveLength(2)
    const first = rung(bobs)
    expect(breadths(first)).toEqual([1, 1])
    for (const bob of first) bob.respond(bob.request('INVITE'), 486)
    const [last] = rung(bobs)
    expect(first).not.toContain(last)
    expect(breadths([last!])).toEqual([2])
    last!.respond(last!.request('INVITE'), 200)
    expect(alice.final(branch).statusCode).toBe(200)
  })

  it('with Max-Breadth 0 nothing may be forwarded: 440', async () => {
    const { alice, bobs, branch } = await called(1, '0')
    expect(alice.final(branch).statusCode).toBe(440)
    expect(rung(bobs)).toHaveLength(0)
  })
})
