/**
 * The page's side of SIP.js.
 */
import { Messager, Publisher, Registerer, RegistererState, Subscriber, UserAgent } from 'sip.js'
import { basicIn, offer, pidfOf } from './page-client.ts'

let agent: UserAgent
let registerer: Registerer
let publisher: Publisher | null = null
const events: string[] = []

offer({
  events,
  async start({ url, uri, password }) {
    const address = UserAgent.makeURI(uri)!
    agent = new UserAgent({
      uri: address,
      authorizationUsername: address.user!,
      authorizationPassword: password,
      transportOptions: { server: url },
      delegate: {
        onMessage: (message) => {
          events.push(`message: ${message.request.body}`)
          message.accept()
        },
      },
    })
    await agent.start()
    registerer = new Registerer(agent, { expires: 600 })
    registerer.stateChange.addListener((state) => {
      if (state === RegistererState.Registered) events.push('registered')
      if (state === RegistererState.Unregistered) events.push('unregistered')
    })
    const onReject: Heard = ({ message }) => events.push(`registration failed: ${message.statusCode}`)
    await registerer.register({ requestDelegate: { onReject } })
  },
  send(to, text) {
    const messager = new Messager(agent, UserAgent.makeURI(to)!, text, 'text/plain;charset=UTF-8')
    const onAccept: Heard = ({ message }) => events.push(`sent: ${message.statusCode}`)
    const onReject: Heard = ({ message }) => events.push(`not sent: ${message.statusCode}`)
    messager.message({ requestDelegate: { onAccept, onReject } })
  },
  watch(address) {
    const subscriber = new Subscriber(agent, UserAgent.makeURI(address)!, 'presence', { expires: 600 })
    subscriber.delegate = {
      onNotify: (notification) => {
        notification.accept()
        events.push(`sees ${address}: ${basicIn(notification.request.body)}`)
      },
    }
    subscriber.subscribe()
  },
  publish(basic) {
    const own = agent.configuration.uri
    const contentType = 'application/pidf+xml'
    publisher ??= new Publisher(agent, own, 'presence', { contentType, expires: 600 })
    publisher.publish(pidfOf(own.toString(), basic))
  },
  signOut() {
    registerer.unregister()
  },
})

type Heard = (response: { readonly message: { readonly statusCode?: number | undefined } }) => void
