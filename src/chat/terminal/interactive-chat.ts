/**
 * A conversation at a terminal: turns what happens into lines above the prompt, and typed lines into messages. Below
 * the printed lines stand those that wait for their outcome, who is typing, and whether there is a connection. How the
 * people are whom the user turned to is printed when it changes.
 */
import type { ReadStream, WriteStream } from 'node:tty'
import { type Aor, aorDomain } from '../../sip/uri/aor.ts'
import type { AgentEvent, AgentListener, MessageOutcome, OutgoingMessage } from '../agent/events.ts'
import type { UserAgent } from '../agent/user-agent.ts'
import type { PresenceState } from '../bodies/presence-body.ts'
import type { HistoryEntry } from '../history.ts'
import type { ChatEnd, ChatOptions } from './chat-end.ts'
import { cleanLine, cutToColumns, wrapToColumns } from './clean-text.ts'
import { messageLine, timeText } from './line-format.ts'
import { aorOfName, nameOfAor } from './names.ts'
import { PresenceBoard } from './presence-board.ts'
import { stateOfWord, stateWords } from './presence-words.ts'
import { PromptScreen, type ScreenUser } from './prompt-screen.ts'
import type { Style } from './style.ts'
import { completeTypedLine, helpLines, parseTypedLine, shownHistory } from './typed-line.ts'

export interface Terminal {
  readonly input: ReadStream
  readonly output: WriteStream
  readonly style: Style
}

/** Of the messages that wait, so many are shown. */
const pendingShown = 3

export function chatInteractively(options: ChatOptions, terminal: Terminal): Promise<ChatEnd> & { stop(): void } {
  const chat = new InteractiveChat(options, terminal)
  return Object.assign(chat.ended, { stop: () => chat.onEnd() })
}

interface Pending {
  readonly message: OutgoingMessage
  readonly timeMs: number
}

class InteractiveChat implements AgentListener, ScreenUser {
  readonly ended: Promise<ChatEnd>
  readonly #options: ChatOptions
  readonly #style: Style
  readonly #screen: PromptScreen
  readonly #agent: UserAgent
  readonly #domain: string
  readonly #resolve: (end: ChatEnd) => void
  readonly #pending: Pending[] = []
  readonly #typing = new Set<Aor>()
  readonly #names: Set<string>
  readonly #board: PresenceBoard
  /** Whom the user turned to: changes of theirs are printed, those of other contacts are not. */
  readonly #turnedTo: Set<Aor>
  #ownState: PresenceState | null = null
  #peer: Aor
  #hasRegistered = false
  #connection = 'signing in…'
  #sentCount = 0
  #failedCount = 0

  constructor(options: ChatOptions, { input, output, style }: Terminal) {
    const { own, peer, history } = options
    this.#options = options
    this.#style = style
    this.#peer = peer
    this.#turnedTo = new Set([peer])
    this.#domain = aorDomain(own)
    this.#names = new Set([peer, ...history.peers()].map((aor) => this.#name(aor)))
    this.#board = new PresenceBoard((aor) => this.#name(aor))
    const { promise, resolve } = Promise.withResolvers<ChatEnd>()
    this.ended = promise
    this.#resolve = resolve
    this.#screen = new PromptScreen(input, output, this)
    this.#agent = options.makeAgent(this)
    this.#refresh()
    this.#agent.watch(peer)
    this.#agent.watchContacts()
    this.#agent.start()
  }

  onLine(line: string): void {
    const typed = parseTypedLine(line)
    switch (typed.kind) {
      case 'nothing':
        return this.#agent.reconnect()
      case 'message':
        return this.#send(typed.text)
      case 'to':
        return this.#turnTo(typed.name)
      case 'history':
        return this.#showHistory(this.#options.history.last(typed.count, this.#peer))
      case 'status':
        return this.#setStatus(typed.word, typed.note)
      case 'who':
        return this.#showWho()
      case 'help':
        return this.#note(helpLines.join('\n'))
      case 'quit':
        return this.onEnd()
      case 'unknown':
        return this.#note(`there is no ${cleanLine(typed.word)}; /help lists what there is`)
    }
  }

  onTyped(line: string): void {
    if (!line.startsWith('/')) this.#agent.typed(this.#peer, line.trim() !== '')
  }

  /** A second time: without waiting for the sign-out. */
  onEnd(): void {
    if (this.#connection === 'signing out…') return this.#end(this.#quit())
    this.#connection = 'signing out…'
    this.#refresh()
    this.#agent.stop()
  }

  complete(line: string): [completions: string[], line: string] {
    return completeTypedLine(line, [...this.#names])
  }

  onAgentEvent(event: AgentEvent): void {
    switch (event.kind) {
      case 'connecting':
        if (this.#hasRegistered) this.#setConnection('connecting…')
        return
      case 'registered':
        return this.#onRegistered(event.transport)
      case 'disconnected':
        return this.#onDisconnected(event)
      case 'refused':
        return this.#end(event)
      case 'outcome':
        return this.#onOutcome(event.message, event.outcome)
      case 'message': {
        const { from: peer, text, sentMs: timeMs, id } = event
        return this.#onIncoming({ timeMs, direction: 'in', peer, text, id })
      }
      case 'sent-copy': {
        const { to: peer, text, sentMs: timeMs, id } = event
        return this.#onIncoming({ timeMs, direction: 'copy', peer, text, id })
      }
      case 'composing':
        if (event.isActive) this.#typing.add(event.from)
        else this.#typing.delete(event.from)
        return this.#refresh()
      case 'presence':
        return this.#onPresence(event)
      case 'published':
        this.#ownState = event.state
        return this.#timedNote(`others see that you are ${stateWords(event.state)}`)
      case 'publish-refused':
        return this.#note(`the server does not show it to others: ${event.status} ${cleanLine(event.reason)}`)
      case 'stopped':
        return this.#end(this.#quit())
    }
  }

  #onRegistered(transport: string): void {
    // First: what is printed from here on stands below no line that says otherwise.
    this.#setConnection('')
    if (!this.#hasRegistered) {
      this.#showHistory(this.#options.history.last(shownHistory))
      const own = this.#options.own.slice(4)
      this.#note(`signed in as ${own} over ${transport.toUpperCase()}; /help lists what you can type`)
    } else this.#timedNote('connected again')
    this.#hasRegistered = true
  }

  #onPresence({ of, presence }: AgentEvent & { kind: 'presence' }): void {
    // Whom the user turned to is watched beside the contacts.
    if (presence.kind === 'removed' && this.#turnedTo.has(of)) return
    const news = this.#board.onSeen(of, presence, Date.now())
    this.#names.add(this.#name(of))
    if (news !== null && this.#turnedTo.has(of)) this.#timedNote(news)
  }

  #onDisconnected({ failure, retryMs }: AgentEvent & { kind: 'disconnected' }): void {
    if (!this.#hasRegistered || failure.isLasting) return this.#end({ kind: 'unreachable', failure })
    const seconds = Math.max(1, Math.round(retryMs / 1000))
    this.#setConnection(`not connected, trying again in ${seconds} s (enter: now)\n${cleanLine(failure.words)}`)
  }

  #send(text: string): void {
    const message = { peer: this.#peer, text }
    this.#pending.push({ message, timeMs: Date.now() })
    this.#sentCount++
    this.#refresh()
    this.#agent.send(message)
  }

  #onOutcome(message: OutgoingMessage, outcome: MessageOutcome): void {
    const index = this.#pending.findIndex((each) => each.message === message)
    const [pending] = this.#pending.splice(index, 1)
    if (!pending) return
    if (outcome.kind === 'failed') this.#failedCount++
    const { peer, text } = message
    const entry = { timeMs: pending.timeMs, direction: 'out', peer, text, outcome } as const
    this.#show(entry)
    this.#keep(entry)
    this.#refresh()
  }

  #onIncoming(entry: HistoryEntry): void {
    this.#keep(entry)
    this.#show(entry)
    const name = this.#name(entry.peer)
    const isNew = !this.#names.has(name)
    this.#names.add(name)
    if (isNew && entry.direction === 'in' && entry.peer !== this.#peer) this.#note(`/to ${name} answers ${name}`)
  }

  #turnTo(name: string): void {
    const aor = aorOfName(name, this.#domain)
    if (aor === null) return this.#note(name === '' ? 'to whom? /to NAME' : `${cleanLine(name)} can be nobody's name`)
    this.#agent.typed(this.#peer, false)
    this.#peer = aor
    this.#names.add(this.#name(aor))
    this.#refresh()
    const known = this.#board.wordsOf(aor)
    if (known !== null) this.#note(known)
    this.#turnedTo.add(aor)
    this.#agent.watch(aor)
  }

  #setStatus(word: string, note: string): void {
    const state = stateOfWord(word, note)
    if (state !== null) return this.#agent.publish(state)
    if (word !== '') return this.#note(`${cleanLine(word)} is no state; there are open, away, busy and closed`)
    const own = this.#ownState
    this.#note(own === null ? 'others see that you are signed in' : `others see that you are ${stateWords(own)}`)
  }

  #showWho(): void {
    const lines = this.#board.lines(Date.now())
    this.#note(lines.length === 0 ? 'nobody is known yet' : lines.join('\n'))
  }

  #showHistory(entries: readonly HistoryEntry[]): void {
    for (const entry of entries) this.#show(entry)
  }

  #show(entry: HistoryEntry): void {
    const { timeMs, direction, peer, text } = entry
    const other = this.#name(peer)
    const own = this.#name(this.#options.own)
    const writer = direction === 'in' ? other : own
    const reader = direction === 'in' || peer === this.#peer ? null : other
    const line = { timeMs, writer, reader, text, outcome: entry.outcome ?? null }
    this.#screen.print(messageLine(line, Date.now(), this.#style))
  }

  #keep(entry: HistoryEntry): void {
    try {
      this.#options.history.add(entry)
    } catch (error) {
      this.#note(`not kept in the history: ${(error as Error).message}`)
    }
  }

  #timedNote(text: string): void {
    const nowMs = Date.now()
    this.#note(`${timeText(nowMs, nowMs)} ${text}`)
  }

  #note(text: string): void {
    this.#screen.print(
      text
        .split('\n')
        .map((line) => this.#style.dim(`· ${line}`))
        .join('\n'),
    )
  }

  #setConnection(text: string): void {
    this.#connection = text
    this.#refresh()
  }

  #refresh(): void {
    const { dim, bold } = this.#style
    const cut = (line: string) => dim(cutToColumns(line, this.#screen.columns - 1))
    const shown = this.#pending.slice(0, pendingShown)
    const footer = shown.map(({ message, timeMs }) => {
      const reader = message.peer === this.#peer ? '' : ` → ${this.#name(message.peer)}`
      return cut(`${timeText(timeMs, timeMs)} ${this.#name(this.#options.own)}${reader}: ${cleanLine(message.text)} …`)
    })
    if (this.#pending.length > shown.length) footer.push(cut(`and ${this.#pending.length - shown.length} more …`))
    footer.push(...this.#connectionLines())
    if (this.#typing.size > 0) footer.push(cut(this.#typingText()))
    this.#screen.setPrompt(footer, bold(`${this.#name(this.#peer)}> `))
  }

  /** Whole, on as many lines as it takes: what to do about it stands at its end. */
  #connectionLines(): string[] {
    const lines = this.#connection.split('\n').flatMap((line) => wrapToColumns(line, this.#screen.columns - 1))
    return lines.map((line) => this.#style.dim(line))
  }

  #typingText(): string {
    const names = [...this.#typing].map((aor) => this.#name(aor))
    if (names.length > 3) return `${names.length} people are typing…`
    return names.length === 1 ? `${names[0]} is typing…` : `${names.join(', ')} are typing…`
  }

  #name(aor: string): string {
    return nameOfAor(aor, this.#domain)
  }

  #quit(): ChatEnd {
    return { kind: 'quit', sentCount: this.#sentCount, failedCount: this.#failedCount }
  }

  /** The first end counts: an agent that was not signed in tells that it has stopped before `stop` returns. */
  #end(end: ChatEnd): void {
    this.#resolve(end)
    this.#agent.stop()
    this.#screen.close()
  }
}
