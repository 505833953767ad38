/**
 * One run of `meridian chat`: from the command line to a user agent at a terminal or in a pipe, and from its end to
 * words.
 */
import {
  type AgentListener,
  aorOfName,
  type ChatEnd,
  type ChatOptions,
  chatInteractively,
  chatPlainly,
  colours,
  History,
  noColours,
  openProfile,
  type Profile,
  personalBackOff,
  placeText,
  processClock,
  processEntropy,
  processTimers,
  type ServerPlace,
  serverConnector,
  UserAgent,
} from '../../chat/index.ts'
import { type Config, dataPaths } from '../../config/index.ts'
import { type Aor, aorDomain, aorUser } from '../../sip/index.ts'
import type { Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { demoPasswordsFile } from '../demo-passwords.ts'
import { productVersion } from '../version.ts'
import { chooseServer } from './choose-server.ts'
import { findPassword } from './find-password.ts'
import { isPasswordRefused, refusalWords } from './refusal-words.ts'

export async function converse(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { config } = loaded
  const people = readPeople(invocation, config.domain.name)
  if (typeof people === 'string') return misused(people)
  const server = chooseServer(invocation, config, aorDomain(people.own))
  if (!server.ok) return server.outcome
  const connector = serverConnector(server.place, server.trust)
  const profile = openProfile(config.server.dataFolder, profileName(people.own, config))
  if (profile.warning !== null) invocation.io.stderr(`warning: ${profile.warning}\n`)
  const history = new History(profile.historyFile)
  const chat = (password: string) => {
    const makeAgent = (listener: AgentListener) => {
      const ports = { clock: processClock, timers: processTimers, entropy: processEntropy, connector }
      return new UserAgent(agentSettings(people.own, password, profile, history), ports, listener)
    }
    return talk({ ...people, history, makeAgent }, invocation)
  }
  try {
    return await chatWithPassword({ ...people, place: server.place }, invocation, config, chat)
  } finally {
    profile.release()
  }
}

interface People {
  readonly own: Aor
  readonly peer: Aor
}

/** A text: what is wrong. */
function readPeople({ arguments: [name = ''], options }: Invocation, domain: string): People | string {
  const own = aorOfName(name, domain)
  if (own === null) return `${name} can be nobody's name`
  const to = typeof options.to === 'string' ? options.to : aorUser(own) === 'bob' ? 'alice' : 'bob'
  const peer = aorOfName(to, aorDomain(own))
  return peer === null ? `${to} can be nobody's name` : { own, peer }
}

/** Short for the users of our own domain. */
function profileName(own: Aor, { domain }: Config): string {
  return aorDomain(own) === domain.name ? aorUser(own) : own.slice(4)
}

function agentSettings(aor: Aor, password: string, { instanceId }: Profile, history: History) {
  return {
    aor,
    password,
    instanceId,
    regId: 1,
    expiresSeconds: 3600,
    userAgent: `Meridian-Chat/${productVersion()}`,
    backOff: personalBackOff,
    seen: history.seenIds(),
  }
}

/** A demo password that has been changed since is no reason to give up where somebody can be asked. */
async function chatWithPassword(
  at: People & { readonly place: ServerPlace },
  invocation: Invocation,
  config: Config,
  chat: (password: string) => Promise<ChatEnd>,
): Promise<Outcome> {
  const { io } = invocation
  const found = await findPassword(at.own, invocation, config)
  if (!found.ok) return found.outcome
  const end = await chat(found.password)
  const isOutdated = end.kind === 'refused' && isPasswordRefused(end.status) && found.isDemo
  if (!isOutdated) return outcomeOf(end, at)
  const file = demoPasswordsFile(dataPaths(config))
  io.stderr(`the password in ${file} is no longer that of ${aorUser(at.own)}\n`)
  const typed = io.isInteractive ? await io.askSecret(`Password of ${aorUser(at.own)}: `) : null
  return typed === null ? outcomeOf(end, at) : outcomeOf(await chat(typed), at)
}

/** At a terminal both ends are people; one end in a pipe makes it a script. */
async function talk(options: ChatOptions, { io }: Invocation): Promise<ChatEnd> {
  const { stdin, stdout } = process
  const isTerminal = io.isInteractive && stdout.isTTY
  const style = io.env.NO_COLOR || io.env.TERM === 'dumb' ? noColours : colours
  const chat = isTerminal
    ? chatInteractively(options, { input: stdin, output: stdout, style })
    : chatPlainly(options, { input: stdin, stdout: io.stdout, stderr: io.stderr })
  const stop = () => chat.stop()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  try {
    return await chat
  } finally {
    for (const signal of signals) process.off(signal, stop)
    stdin.pause()
  }
}

function outcomeOf(end: ChatEnd, { own, place }: People & { readonly place: ServerPlace }): Outcome {
  switch (end.kind) {
    case 'quit': {
      const { sentCount, failedCount } = end
      const value = { sent: sentCount, failed: failedCount }
      return failedCount === 0 || process.stdout.isTTY
        ? done(value, '')
        : failed(`${failedCount} of ${sentCount} messages were not delivered`, value)
    }
    case 'unreachable':
      return failed(end.failure.words, { server: placeText(place) })
    case 'refused':
      return failed(refusalWords(end.status, end.reason, own), { status: end.status })
  }
}
