/**
 * The contact list on the server, over XCAP (RFC 4825): read, and changed as a whole on the condition that nobody else
 * has changed it meanwhile. What others have put into the document stays as it is.
 */
import type { Address } from '../chat-model/addresses.ts'
import { readContacts } from '../chat-model/resource-lists.ts'
import type { Contact } from '../chat-model/state.ts'
import { DigestFetch } from './digest-fetch.ts'
import { parseXml } from './parse-xml.ts'

const namespace = 'urn:ietf:params:xml:ns:resource-lists'
const empty = `<resource-lists xmlns="${namespace}"><list name="contacts"/></resource-lists>`
const attemptsMax = 4

interface ListDocument {
  readonly text: string
  /** Null: there is none yet. */
  readonly entityTag: string | null
}

export class ServerContacts {
  readonly #fetch: DigestFetch
  readonly #path: string

  constructor(of: { account: Address; user: string; password: string; xcapRoot: string }) {
    this.#fetch = new DigestFetch(of)
    this.#path = `${of.xcapRoot}/resource-lists/users/${of.account}/index`
  }

  async read(): Promise<readonly Contact[]> {
    return readContacts(parseXml((await this.#get()).text))
  }

  /** Who is on the list afterwards. */
  add(address: Address, name: string | null): Promise<readonly Contact[]> {
    return this.#change((document) => {
      if (entriesOf(document, address).length > 0) return
      const lists = [...document.getElementsByTagNameNS(namespace, 'list')]
      const list = lists.find((each) => each.getAttribute('name') === 'contacts') ?? addList(document)
      const entry = document.createElementNS(namespace, 'entry')
      entry.setAttribute('uri', address)
      if (name) {
        const displayName = document.createElementNS(namespace, 'display-name')
        displayName.textContent = name
        entry.append(displayName)
      }
      list.append(entry)
    })
  }

  remove(address: Address): Promise<readonly Contact[]> {
    return this.#change((document) => {
      for (const entry of entriesOf(document, address)) entry.remove()
    })
  }

  async #change(edit: (document: Document) => void): Promise<readonly Contact[]> {
    for (let attempt = 1; ; attempt++) {
      const { text, entityTag } = await this.#get()
      const document = new DOMParser().parseFromString(text, 'application/xml')
      edit(document)
      const body = new XMLSerializer().serializeToString(document)
      const condition: Record<string, string> =
        entityTag === null ? { 'If-None-Match': '*' } : { 'If-Match': entityTag }
      const headers = { 'Content-Type': 'application/resource-lists+xml', ...condition }
      const answer = await this.#fetch.request({ method: 'PUT', path: this.#path, headers, body })
      if (answer.ok) return readContacts(parseXml(body))
      if (answer.status !== 412 || attempt === attemptsMax) throw await refusal(answer)
    }
  }

  async #get(): Promise<ListDocument> {
    const answer = await this.#fetch.request({ method: 'GET', path: this.#path })
    if (answer.status === 404) return { text: empty, entityTag: null }
    if (!answer.ok) throw await refusal(answer)
    return { text: await answer.text(), entityTag: answer.headers.get('ETag') }
  }
}

function addList(document: Document): Element {
  const list = document.createElementNS(namespace, 'list')
  list.setAttribute('name', 'contacts')
  document.documentElement.append(list)
  return list
}

function entriesOf(document: Document, address: Address): readonly Element[] {
  const entries = [...document.getElementsByTagNameNS(namespace, 'entry')]
  return entries.filter((entry) => entry.getAttribute('uri')?.toLowerCase() === address)
}

async function refusal(answer: Response): Promise<Error> {
  const words = (await answer.text()).trim().split('\n')[0] ?? ''
  return new Error(/^[^<]{1,120}$/.test(words) ? `${answer.status}: ${words}` : `${answer.status}`)
}
