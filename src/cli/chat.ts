/**
 * `meridian chat`: talk as one of the users, at a terminal or in a pipe. The client is `src/chat/`; which server,
 * password and words, `chat/`.
 */
import type { CommandDescription, Invocation, Outcome } from './command.ts'

export const description: CommandDescription = {
  path: ['chat'],
  purpose: 'talk, as one of the users',
  details: [
    'At a terminal: type a line to send it, /help for the rest.',
    'In a pipe: each line of standard input is a message, each message that comes is a line "from: text" on standard',
    'output, and it ends when all that was sent has been answered.',
    'The password is that of --password-file, else of MERIDIAN_PASSWORD, else that of a demo account of this data',
    'folder, else it is asked for. What was said is kept in <data folder>/chat, for you alone.',
  ].join(' '),
  arguments: [{ name: '<name>', text: 'who you are: alice, or alice@example.test' }],
  options: [
    { flags: '--to <name>', text: 'whom you write to', default: 'bob; for bob it is alice' },
    {
      flags: '--server <place>',
      text: 'tls:host:port, or tcp, udp, ws or wss in place of tls',
      default: 'the first tls address of the configuration, else tcp',
    },
    { flags: '--password-file <file>', text: 'take the password from this file' },
    { flags: '--ca <file>', text: 'the authority to trust (PEM)', default: 'that of the data folder' },
  ],
  examples: [
    { line: 'meridian chat alice', text: 'talks to bob, on the server of this machine' },
    { line: 'meridian chat carol --to dave --server tls:im.example.org:5061', text: 'on another server' },
    { line: 'uptime | meridian chat alice --to bob', text: 'sends the output of a program' },
  ],
  exitCodes: { 1: 'no connection, not let in, or a message of a pipe was not delivered' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  // Loaded here: every other command does without the client's code and its start-up time.
  const { converse } = await import('./chat/converse.ts')
  return converse(invocation)
}
