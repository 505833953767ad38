/**
 * Users sign in, watch twenty others as a list and some alone, say ten to thirty times what they do, then sign out or
 * vanish, and come back after a while.
 */
import { setTimeout } from 'node:timers/promises'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { presenceDocument } from '../harness/audience.ts'
import { Client } from '../harness/client.ts'
import type { Scenario } from './scenario.ts'

const users = 200
const contacts = 20

interface Counts {
  signedIn: number
  changes: number
  notifies: number
  refused: number
}

export function presence(): Scenario {
  const counts: Counts = { signedIn: 0, changes: 0, notifies: 0, refused: 0 }
  return {
    users,
    done: () => ({ ...counts }),
    run: async (port, isOver) => {
      await Promise.all(Array.from({ length: users }, (_, user) => live(user, port, isOver, counts)))
    },
  }
}

async function live(user: number, port: number, isOver: () => boolean, counts: Counts): Promise<void> {
  for (let round = 0; !isOver(); round++) {
    await pause(2_000)
    const client = await new Client({ port, user, onRequest: () => void counts.notifies++ }).open()
    await client.signIn(round % 4 === 0 ? `d${round}` : 'desk')
    counts.signedIn++
    const others = Array.from({ length: contacts }, (_, index) => (user + 1 + index * 7 + round) % users)
    const answers = [await client.subscribeToList(others, 600)]
    for (const other of others.slice(0, round % 3)) answers.push(await client.subscribe(other, 600))
    counts.refused += answers.filter((answer) => answer?.statusCode !== 200).length
    let entityTag: string | null = null
    for (let count = 10 + (round % 3) * 10; count > 0 && !isOver(); count--) {
      await pause(1_000)
      const answer = await client.publish(presenceDocument(user, `round ${round}, ${count}`), entityTag)
      if (answer?.statusCode === 200) counts.changes++
      else counts.refused++
      entityTag = answer?.first(HeaderId.sipEtag) ?? null
    }
    if (round % 2 === 0) await client.register('*', 0)
    client.close()
  }
}

function pause(aboutMs: number): Promise<void> {
  return setTimeout(aboutMs * (0.5 + Math.random()))
}
