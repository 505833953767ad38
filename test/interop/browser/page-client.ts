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
  signOut(): void
}

/** Under the global name `client`. */
export function offer(client: PageClient): void {
  Object.assign(globalThis, { client })
}
