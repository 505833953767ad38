/** Who has to go when a UDP listener knows too many peers (P4): strangers for strangers, the longest unheard first. */
import { describe, expect, it } from 'vitest'
import { type Peer, UdpPeers } from '../../../src/transport/udp-peers.ts'

const peer = (key: string): Peer => ({ key, isStranger: true, heardAtMs: 0 })

/** Eight peers, two of them strangers. */
function peersWith(friends: readonly Peer[]): UdpPeers<Peer> {
  const peers = new UdpPeers<Peer>(8)
  for (const friend of friends) {
    peers.add(friend)
    expect(peers.befriend(friend)).toBeNull()
  }
  return peers
}

describe('UdpPeers', () => {
  it('lets the stranger longest unheard go for a new one', () => {
    const peers = peersWith([])
    const [first, second, third] = ['a', 'b', 'c'].map(peer) as [Peer, Peer, Peer]
    expect([peers.add(first), peers.add(second)]).toEqual([null, null])
    peers.heard(first, 10)
    expect(peers.add(third)).toBe(second)
  })

  it('keeps friends, however many strangers come, also friends that were heard long after', () => {
    const friends = ['a', 'b'].map(peer)
    const peers = peersWith(friends)
    for (const friend of friends) peers.heard(friend, 10)
    for (let index = 0; index < 20; index++) {
      const gone = peers.add(peer(`stranger ${index}`))
      if (gone) peers.remove(gone)
      expect(friends).not.toContain(gone)
    }
    expect(friends.map(({ key }) => peers.find(key))).toEqual(friends)
  })

  it('lets the friend longest unheard go when there are too many friends', () => {
    const friends = ['a', 'b', 'c', 'd', 'e', 'f'].map(peer) as [Peer, Peer, ...Peer[]]
    const peers = peersWith(friends)
    peers.heard(friends[0], 10)
    const seventh = peer('g')
    peers.add(seventh)
    expect(peers.befriend(seventh)).toBe(friends[1])
  })

  it('removes the peer itself, and not who came after it from the same place', () => {
    const peers = peersWith([])
    const [old, young] = [peer('a'), peer('a')]
    peers.add(old)
    peers.remove(old)
    peers.add(young)
    peers.remove(old)
    expect(peers.find('a')).toBe(young)
  })
})
