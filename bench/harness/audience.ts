/**
 * Users who watch one of them (u0), and his publications: each is over when all have been told.
 */
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { Client, domain } from './client.ts'

/** Whoever is measured. */
export interface Measured {
  port(transport: 'tcp'): number
}

/** How many are asked for something at once. */
const window = 64

export class Audience {
  readonly #server: Measured
  #clients: Client[] = []
  #notified = 0
  #missing = 0
  #done: () => void = () => {}
  #entityTag: string | null = null
  #changes = 0

  constructor(server: Measured) {
    this.#server = server
  }

  get notified(): number {
    return this.#notified
  }

  async signIn(users: number): Promise<void> {
    this.#clients = await signIn(this.#server, users, () => this.#onNotify())
  }

  /** Each but u0 subscribes to these users. Resolves when every first NOTIFY has come. */
  async watch(presentities: readonly number[]): Promise<void> {
    const [, ...watchers] = this.#clients
    const told = this.#expect(watchers.length * presentities.length)
    for (const presentity of presentities) {
      await spread(watchers, async (watcher) => {
        const answer = await watcher.subscribe(presentity, 3_600)
        if (answer?.statusCode !== 200)
          throw new Error(`u${watcher.user} cannot watch: ${answer?.bytes ?? 'no answer'}`)
      })
    }
    await told
  }

  /** u0 says something new. Resolves when every watcher has it. */
  async change(): Promise<void> {
    const told = this.#expect(this.#clients.length - 1)
    this.#entityTag = await publish(this.#clients[0]!, `change ${++this.#changes}`, this.#entityTag)
    await told
  }

  close(): void {
    for (const client of this.#clients) client.close()
  }

  #onNotify(): void {
    this.#notified++
    if (--this.#missing === 0) this.#done()
  }

  #expect(count: number): Promise<void> {
    this.#missing = count
    return new Promise((resolve) => {
      this.#done = resolve
    })
  }
}

/** u0, u1, …, each with a device on a connection of its own. */
export async function signIn(server: Measured, users: number, onRequest?: () => void): Promise<Client[]> {
  const port = server.port('tcp')
  const clients = Array.from(
    { length: users },
    (_, user) => new Client({ port, user, ...(onRequest && { onRequest }) }),
  )
  await spread(clients, async (client) => {
    await client.open()
    await client.signIn('bench')
  })
  return clients
}

/** Returns the entity tag of the publication. */
export async function publish(client: Client, note: string, ifMatch: string | null): Promise<string> {
  const answer = await client.publish(presenceDocument(client.user, note), ifMatch)
  const tag = answer?.first(HeaderId.sipEtag)
  if (!tag) throw new Error(`u${client.user} cannot publish: ${answer?.bytes ?? 'no answer'}`)
  return tag
}

/** Does it for each, so many at once. */
export async function spread<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < items.length) await act(items[next++]!)
  }
  await Promise.all(Array.from({ length: window }, lane))
}

/** Some 700 bytes, as rich clients publish them. */
export function presenceDocument(user: number, note: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
 xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" xmlns:caps="urn:ietf:params:xml:ns:pidf:caps"
 entity="sip:u${user}@${domain}">
<tuple id="t1"><status><basic>open</basic></status>
<caps:servcaps><caps:audio>true</caps:audio><caps:video>false</caps:video><caps:text>true</caps:text></caps:servcaps>
<contact priority="0.8">sip:u${user}@${domain}</contact></tuple>
<dm:person id="p1"><rpid:activities><rpid:meeting/></rpid:activities><rpid:mood><rpid:happy/></rpid:mood>
<dm:note>${note}</dm:note></dm:person></presence>
`
}
