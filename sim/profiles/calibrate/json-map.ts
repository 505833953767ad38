/**
 * `json-map`: JSON to text and back, entries of a map made and taken away, texts joined, over a working set of 4 MB:
 * what user-mode code does that is no parser of ours.
 */
import { type Kernel, synchronous } from './kernel.ts'

/** Some 400 bytes each with its key and its entry of the map: 4 MB. */
const entriesCount = 10_000
const perTurn = 100

interface Entry {
  readonly id: number
  readonly name: string
  readonly states: readonly { readonly device: string; readonly at: number; readonly open: boolean }[]
}

export const jsonMap: Kernel = {
  class: 'general',
  operation: 'an entry read from JSON, changed, written and kept in a map',
  start: async () => {
    const held = new Map<string, string>()
    for (let index = 0; index < entriesCount; index++) held.set(`sip:user${index}@example.test`, written(index, 0))
    let next = 0
    let turn = 0
    return synchronous(() => {
      for (let count = 0; count < perTurn; count++) {
        // 7,919 is a prime: neighbours in time are none in memory.
        next = (next + 7_919) % entriesCount
        const key = `sip:user${next}@example.test`
        const entry = JSON.parse(held.get(key)!) as Entry
        held.delete(key)
        turn++
        held.set(key, written(next, entry.id + turn))
      }
    }, perTurn)
  },
}

function written(index: number, at: number): string {
  const states = ['desk', 'phone', 'web'].map((device) => ({ device, at: at + index, open: (at & 1) === 0 }))
  const entry: Entry = { id: at % 1_000_000, name: `User number ${index} of many, of the department of tests`, states }
  return JSON.stringify(entry)
}
