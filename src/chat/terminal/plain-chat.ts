/**
 * A conversation without a terminal, for scripts and pipes: each line of standard input is a message, each message that
 * comes is a line `from: text` on standard output; what becomes of them is told on standard error. Ends when the input
 * has ended and everything sent has its outcome.
 */
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { aorDomain } from '../../sip/uri/aor.ts'
import type { AgentEvent, AgentListener, MessageOutcome, OutgoingMessage } from '../agent/events.ts'
import type { UserAgent } from '../agent/user-agent.ts'
import type { ChatEnd, ChatOptions } from './chat-end.ts'
import { cleanLine, cleanText } from './clean-text.ts'
import { nameOfAor } from './names.ts'

export interface PlainStreams {
  readonly input: Readable
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
}

export function chatPlainly(options: ChatOptions, streams: PlainStreams): Promise<ChatEnd> & { stop(): void } {
  const chat = new PlainChat(options, streams)
  return Object.assign(chat.ended, { stop: () => chat.stop() })
}

class PlainChat implements AgentListener {
  readonly ended: Promise<ChatEnd>
  readonly #options: ChatOptions
  readonly #streams: PlainStreams
  readonly #agent: UserAgent
  readonly #domain: string
  readonly #resolve: (end: ChatEnd) => void
  #hasRegistered = false
  #inputEnded = false
  #hasEnded = false
  #sentCount = 0
  #failedCount = 0

  constructor(options: ChatOptions, streams: PlainStreams) {
    this.#options = options
    this.#streams = streams
    this.#domain = aorDomain(options.own)
    const { promise, resolve } = Promise.withResolvers<ChatEnd>()
    this.ended = promise
    this.#resolve = resolve
    this.#agent = options.makeAgent(this)
    this.#agent.start()
    const lines = createInterface({ input: streams.input, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('line', (line) => this.#send(line))
    lines.on('close', () => {
      this.#inputEnded = true
      this.#stopWhenDone()
    })
    void promise.then(() => lines.close())
  }

  stop(): void {
    this.#agent.stop()
  }

  onAgentEvent(event: AgentEvent): void {
    if (this.#hasEnded) return
    switch (event.kind) {
      case 'registered':
        this.#hasRegistered = true
        this.#streams.stderr(`signed in as ${this.#options.own.slice(4)}\n`)
        return this.#stopWhenDone()
      case 'disconnected': {
        const { failure } = event
        if (!this.#hasRegistered || failure.isLasting) return this.#end({ kind: 'unreachable', failure })
        return this.#streams.stderr(`not connected, trying again: ${cleanLine(failure.words)}\n`)
      }
      case 'refused':
        return this.#end(event)
      case 'outcome':
        return this.#onOutcome(event.message, event.outcome)
      case 'message': {
        const { from: peer, text, sentMs: timeMs, id } = event
        this.#options.history.add({ timeMs, direction: 'in', peer, text, id })
        return this.#show(nameOfAor(peer, this.#domain), text)
      }
      case 'sent-copy': {
        const { to: peer, text, sentMs: timeMs, id } = event
        this.#options.history.add({ timeMs, direction: 'copy', peer, text, id })
        return this.#show(`${nameOfAor(this.#options.own, this.#domain)} → ${nameOfAor(peer, this.#domain)}`, text)
      }
      case 'stopped':
        return this.#end({ kind: 'quit', sentCount: this.#sentCount, failedCount: this.#failedCount })
    }
  }

  #send(line: string): void {
    if (line.trim() === '') return
    this.#sentCount++
    this.#agent.send({ peer: this.#options.peer, text: line })
  }

  #onOutcome({ peer, text }: OutgoingMessage, outcome: MessageOutcome): void {
    this.#options.history.add({ timeMs: Date.now(), direction: 'out', peer, text, outcome })
    const name = nameOfAor(peer, this.#domain)
    if (outcome.kind === 'failed') {
      this.#failedCount++
      this.#streams.stderr(`✗ not delivered to ${name}: ${cleanLine(outcome.reason)}\n`)
    } else this.#streams.stderr(outcome.kind === 'stored' ? `◷ stored for ${name}\n` : `✓ delivered to ${name}\n`)
    this.#stopWhenDone()
  }

  #show(who: string, text: string): void {
    for (const line of cleanText(text).split('\n')) this.#streams.stdout(`${who}: ${line}\n`)
  }

  #stopWhenDone(): void {
    if (this.#inputEnded && this.#agent.isReady && this.#agent.pendingCount === 0) this.#agent.stop()
  }

  #end(end: ChatEnd): void {
    this.#hasEnded = true
    this.#resolve(end)
    this.#agent.stop()
  }
}
