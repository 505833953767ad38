/**
 * A simulated user goes one way at a time to each peer: what goes another way waits for the answers, in its order.
 */
import { expect, it } from 'vitest'
import { Turns } from '../../../sim/users/turns.ts'

it('another way waits until all that is under way has ended, and keeps its order', () => {
  const turns = new Turns()
  const sent: string[] = []
  const send = (way: string, text: string): void => {
    if (turns.begin(7, way, () => send(way, text))) sent.push(text)
  }
  send('session', 'one')
  send('session', 'two')
  send('pager', 'three')
  send('session', 'four')
  expect(sent).toEqual(['one', 'two'])
  turns.ended(7)
  expect(sent).toEqual(['one', 'two'])
  turns.ended(7)
  expect(sent).toEqual(['one', 'two', 'three'])
  turns.ended(7)
  expect(sent).toEqual(['one', 'two', 'three', 'four'])
})

it('peers do not wait for each other', () => {
  const turns = new Turns()
  expect(turns.begin(1, 'pager', () => {})).toBe(true)
  expect(turns.begin(2, 'session', () => {})).toBe(true)
  expect(turns.begin(1, 'session', () => {})).toBe(false)
})
