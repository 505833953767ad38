/**
 * Pairs sign in, send ten to fifty messages each way, then sign out, vanish, or stay for another round.
 */
import { Client } from '../harness/client.ts'
import type { Scenario } from './scenario.ts'

const pairs = 50

export function messages(): Scenario {
  let answered = 0
  return {
    users: 2 * pairs,
    done: () => ({ answered }),
    run: async (port, isOver) => {
      const onAnswer = () => void answered++
      await Promise.all(Array.from({ length: pairs }, (_, pair) => talk(pair, port, isOver, onAnswer)))
    },
  }
}

async function talk(pair: number, port: number, isOver: () => boolean, onAnswer: () => void): Promise<void> {
  for (let round = 0; !isOver(); round++) {
    const caller = await new Client({ port, user: 2 * pair }).open()
    const callee = await new Client({ port, user: 2 * pair + 1 }).open()
    await caller.signIn(`a${round}`)
    await callee.signIn('desk')
    for (let count = 10 + (round % 5) * 10; count > 0 && !isOver(); count--) {
      const answer = await caller.message(callee.user, `round ${round}, ${count} to go`)
      if (answer && answer.statusCode < 300) onAnswer()
    }
    if (round % 3 === 0 || round % 8 === 7) await callee.register('*', 0)
    if (round % 8 === 7) await caller.register('*', 0)
    if (round % 3 === 1) await caller.message(callee.user, 'the last one')
    caller.close()
    callee.close()
  }
}
