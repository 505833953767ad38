/**
 * The console in a browser, in a context of its own, which notes what no page of ours may do.
 */
import type { Browser, Page } from 'playwright-core'
import { ChatPerson, type PersonLook } from './chat-page.ts'

/** Notes and checks are the web client's; what is on the page is not. */
export class ConsolePage {
  readonly #person: ChatPerson
  readonly page: Page

  private constructor(person: ChatPerson) {
    this.#person = person
    this.page = person.page
  }

  static async open(browser: Browser, url: string, look: PersonLook = {}): Promise<ConsolePage> {
    return new ConsolePage(await ChatPerson.open(browser, url, look))
  }

  async signIn(token: string): Promise<void> {
    await this.page.getByLabel('Token').fill(token)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
  }

  async go(title: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: title }).click()
    await this.page.getByRole('heading', { level: 1, name: title }).waitFor()
  }

  violations(): Promise<readonly string[]> {
    return this.#person.violations()
  }

  isWiderThanWindow(): Promise<boolean> {
    return this.#person.isWiderThanWindow()
  }

  /** Chromium notes each answer of 401 by itself: that of the first question, and of a session that is over. */
  complaints(): readonly string[] {
    return this.#person.complaints().filter((note) => !/status of 401/.test(note))
  }

  close(): Promise<void> {
    return this.#person.close()
  }
}
