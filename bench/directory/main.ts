/**
 * How many searches and binds a sign-in costs the directory: enrols users of a running server and signs them in, cold
 * and then warm, and reads its metrics in between.
 *
 *   node bench/directory/main.ts --web 127.0.0.1:5443 --tcp 127.0.0.1:5060 --domain corp.example \
 *     --users 1000 --rounds 9 --name user%05d --password-file FILE
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Person, type Places } from './person.ts'

const togetherMax = 16

const { values } = parseArgs({
  options: {
    web: { type: 'string', default: '127.0.0.1:5443' },
    tcp: { type: 'string', default: '127.0.0.1:5060' },
    domain: { type: 'string', default: 'corp.example' },
    users: { type: 'string', default: '1000' },
    name: { type: 'string', default: 'user%05d' },
    rounds: { type: 'string', default: '1' },
    'password-file': { type: 'string' },
  },
})

const places: Places = { web: place(values.web), tcp: place(values.tcp), domain: values.domain }
const password = readFileSync(values['password-file'] ?? 0, 'utf8').trim()
const warmRounds = Number(values.rounds)
const people = Array.from({ length: Number(values.users) }, (_, index) => {
  const name = values.name.replace(/%0?(\d*)d/, (_all, width) => String(index + 1).padStart(Number(width), '0'))
  return new Person(name, index, places)
})

await phase('cold: enrolled and signed in', 1, async (person) => {
  await person.enrol(password)
  await person.signIn()
})
await phase('warm: signed in again', warmRounds, async (person) => {
  for (let round = 0; round < warmRounds; round++) await person.signIn()
})

/** Prints what the directory was asked for each of them. */
async function phase(title: string, rounds: number, act: (person: Person) => Promise<void>): Promise<void> {
  const signIns = people.length * rounds
  const before = await questions()
  const sinceMs = performance.now()
  const waiting = [...people]
  const faults: string[] = []
  const work = async () => {
    for (let person = waiting.pop(); person; person = waiting.pop()) {
      await act(person).catch((error: Error) => faults.push(error.message))
    }
  }
  await Promise.all(Array.from({ length: togetherMax }, work))
  const after = await questions()
  const seconds = (performance.now() - sinceMs) / 1000
  const good = people.length - faults.length
  const each = (kind: 'search' | 'bind') => ((after[kind] - before[kind]) / signIns).toFixed(3)
  console.log(`${title}: ${good} of ${people.length} users, ${signIns} sign-ins, in ${seconds.toFixed(1)} s`)
  console.log(`  searches ${each('search')}, binds ${each('bind')} a sign-in`)
  if (faults.length > 0) console.log(`  ${faults.length} failed, the first: ${faults[0]}`)
}

async function questions(): Promise<Record<'search' | 'bind', number>> {
  const text = (await people[0]!.web('GET', '/metrics', '')).body
  const sum = (kind: string) => {
    const pattern = new RegExp(`^meridian_directory_questions_total\\{[^}]*kind="${kind}"[^}]*\\} (\\S+)$`, 'gm')
    return [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0)
  }
  return { search: sum('search'), bind: sum('bind') }
}

function place(text: string): { readonly host: string; readonly port: number } {
  const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(text) ?? []
  return { host, port: Number(port) }
}
