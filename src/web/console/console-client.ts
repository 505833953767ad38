/**
 * What the console knows: who is signed in, the state of the server as it was told last, and the history of it. Asks
 * every two seconds while somebody looks.
 */
import type { Session, Summary } from '../console-model/answers.ts'
import { type Point, withSummary } from '../console-model/history.ts'
import { Api, type ApiResult } from './api.ts'

const everyMs = 2_000

export interface ConsoleState {
  /** `asking`: it is not known yet whether this browser has a session. */
  readonly phase: 'asking' | 'signed-out' | 'signed-in'
  readonly session: Session | null
  /** Why somebody who was signed in is not any more, or could not be. */
  readonly fault: string | null
  readonly summary: Summary | null
  /** Why there is no newer one. */
  readonly summaryFault: string | null
  readonly history: readonly Point[]
}

const signedOut: ConsoleState = {
  phase: 'signed-out',
  session: null,
  fault: null,
  summary: null,
  summaryFault: null,
  history: [],
}

export class ConsoleClient {
  readonly api = new Api()
  state: ConsoleState = { ...signedOut, phase: 'asking' }
  readonly #onChange: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(onChange: () => void) {
    this.#onChange = onChange
    this.api.onSignedOut = () => this.#onSignedOut()
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.state.phase === 'signed-in') void this.#look()
    })
  }

  async begin(): Promise<void> {
    this.#onSession(await this.api.ask<Session>('GET', '/v1/session'))
  }

  async signIn(token: string): Promise<void> {
    const result = await this.api.ask<Session>('POST', '/console/session', { token })
    if (result.ok) return this.#onSession(result)
    const message = result.status === 401 ? 'The token is wrong, or it is over.' : result.message
    this.#change({ ...signedOut, fault: message })
  }

  async signOut(): Promise<void> {
    await this.api.ask('DELETE', '/console/session')
    this.#change(signedOut)
  }

  #onSession(result: ApiResult<Session>): void {
    if (result.ok) {
      this.#change({ ...signedOut, phase: 'signed-in', session: result.value })
      void this.#look()
    } else if (result.status !== 401) this.#change({ ...signedOut, fault: result.message })
  }

  #onSignedOut(): void {
    const wasIn = this.state.phase === 'signed-in'
    this.#change({ ...signedOut, fault: wasIn ? 'Your session is over. Sign in again.' : null })
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer)
    const result = await this.api.ask<Summary>('GET', '/v1/summary')
    if (this.state.phase !== 'signed-in') return
    if (result.ok) {
      const history = withSummary(this.state.history, result.value)
      this.#change({ ...this.state, summary: result.value, summaryFault: null, history })
    } else this.#change({ ...this.state, summaryFault: result.message })
    clearTimeout(this.#timer)
    if (!document.hidden) this.#timer = setTimeout(() => void this.#look(), everyMs)
  }

  #change(state: ConsoleState): void {
    this.state = state
    if (state.phase !== 'signed-in') clearTimeout(this.#timer)
    this.#onChange()
  }
}
