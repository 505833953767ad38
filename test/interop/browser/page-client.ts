/**
 * What a page offers to its test: a client of one library, and what happened to it, in words.
 */
export interface SignIn {
  readonly url: string
  readonly uri: string
  readonly password: string
}

export interface PageClient {
  readonly events: string[]
  start(signIn: SignIn): void
  send(to: string, text: string): void
  /** Subscribes to this presence; what comes is an event `sees ADDRESS: open`, or `closed`. */
  watch(address: string): void
  /** Only where the library has it. */
  publish?(basic: 'open' | 'closed'): void
  signOut(): void
}

/** `open` if one tuple is (RFC 3863 §4.1.4). */
export function basicIn(document = ''): string {
  const words = [...document.matchAll(/<(?:\w+:)?basic>(\w+)</g)].map(([, word]) => word!)
  return words.includes('open') ? 'open' : (words[0] ?? 'nothing')
}

export function pidfOf(address: string, basic: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${address}">` +
    `<tuple id="page"><status><basic>${basic}</basic></status></tuple></presence>`
  )
}

/** Under the global name `client`. */
export function offer(client: PageClient): void {
  Object.assign(globalThis, { client })
}
