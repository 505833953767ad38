/**
 * The page's side of JsSIP.
 */
import { UA, WebSocketInterface } from 'jssip'
import { basicIn, offer } from './page-client.ts'

let agent: UA
const events: string[] = []

offer({
  events,
  start({ url, uri, password }) {
    agent = new UA({ sockets: [new WebSocketInterface(url)], uri, password, register_expires: 600 })
    agent.on('registered', () => events.push('registered'))
    agent.on('unregistered', () => events.push('unregistered'))
    agent.on('registrationFailed', ({ response }) => events.push(`registration failed: ${response?.status_code}`))
    agent.on('newMessage', ({ originator, request }: { originator: string; request: { body?: string } }) => {
      if (originator === 'remote') events.push(`message: ${request.body}`)
    })
    agent.start()
  },
  send(to, text) {
    agent.sendMessage(to, text, {
      contentType: 'text/plain;charset=UTF-8',
      eventHandlers: {
        succeeded: ({ response }) => events.push(`sent: ${response.status_code}`),
        failed: ({ cause }) => events.push(`not sent: ${cause}`),
      },
    })
  },
  watch(address) {
    const subscriber = agent.subscribe(address, 'presence', 'application/pidf+xml', { expires: 600 })
    subscriber.on('notify', (_isFinal, _request, body) => events.push(`sees ${address}: ${basicIn(body)}`))
    subscriber.subscribe()
  },
  signOut() {
    agent.unregister()
  },
})
