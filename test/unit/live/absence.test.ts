/**
 * Promise: whoever writes in a conversation whose other end has signed out by plan meets 430 or 481 there, also when
 * the other is back on another line; that is no failure of the server (in a steady hour of 10,000: 3 of 17,317).
 */
import { expect, it } from 'vitest'
import { Absence } from '../../../sim/users/absence.ts'
import { Board } from '../../../sim/verify/board.ts'

const user = 3
const minuteUs = 60_000_000

it('is disturbed by a sign-out for as long as its dialogs may be used, and not by having been there', () => {
  const board = new Board(10)
  const absence = new Absence(board, user, 0)
  board.addPresent(user, 1)
  expect(board.isDisturbed(user, minuteUs, 900)).toBe(false)
  absence.leave(minuteUs)
  board.addPresent(user, -1)
  expect(board.isDisturbed(user, minuteUs, 900)).toBe(true)
  board.addPresent(user, 1)
  expect(board.isDisturbed(user, 3 * minuteUs, 900)).toBe(true)
  expect(board.isDisturbed(user, 3 * minuteUs, 40)).toBe(false)
  expect(board.isDisturbed(user, 17 * minuteUs, 900)).toBe(false)
})
