/**
 * RFC 4480: activities, user input and validity are understood; all of rich presence passes on.
 */
import { describe, expect, it } from 'vitest'
import {
  activitiesElement,
  activitiesOf,
  rpidElements,
  userInputOf,
  validityOf,
  writePidf,
} from '../../../src/documents/index.ts'
import { presence, presenceDocument, said } from '../../support/presence-documents.ts'

const person = (content: string) => presenceDocument(presence(`<dm:person id="p">${content}</dm:person>`)).persons[0]!

describe('RFC 4480 rich presence', () => {
  it('§3.2: activities are names, also of other namespaces, and words of `other`', () => {
    const { elements } = person(`<r:activities xmlns:lt="urn:test"><r:note>a</r:note><r:steering/><lt:juggling/>
      <r:other>writing</r:other><r:other/></r:activities>`)
    expect(activitiesOf(elements)).toEqual(['steering', 'juggling', 'writing', 'other'])
  })

  it('§3.2: what we say ourselves is read again', () => {
    const names = ['busy', 'on-the-phone', 'writing a "book"']
    expect(activitiesOf([activitiesElement(names)])).toEqual(names)
    expect(activitiesElement(['busy']).children).toMatchObject([{ local: 'busy' }])
  })

  it('§3.16: user input has a state, a time and a threshold', () => {
    const { elements } = person(
      '<r:user-input idle-threshold="600" last-input="2026-05-05T09:50:00Z">idle</r:user-input>',
    )
    expect(userInputOf(elements)).toEqual({
      state: 'idle',
      lastInputMs: Date.UTC(2026, 4, 5, 9, 50),
      idleThresholdSeconds: 600,
    })
    expect(userInputOf(person('<r:user-input>asleep</r:user-input>').elements)).toBeNull()
    expect(userInputOf(person('').elements)).toBeNull()
  })

  it('§3.1: what holds for a time says from when to when', () => {
    const { elements } = person('<r:mood from="2026-05-05T09:00:00Z" until="2026-05-05T10:00:00Z"><r:happy/></r:mood>')
    expect(validityOf(elements[0]!)).toEqual({ fromMs: Date.UTC(2026, 4, 5, 9), untilMs: Date.UTC(2026, 4, 5, 10) })
  })

  it('§3: place, mood, sphere, privacy, class and all else pass as they are', () => {
    const content = [
      '<r:activities><r:away/></r:activities><r:class>auth-1</r:class>',
      '<r:mood><r:angry/><r:other>brooding</r:other></r:mood><r:place-is><r:audio><r:noisy/></r:audio></r:place-is>',
      '<r:place-type><lt:residence xmlns:lt="urn:lt"/></r:place-type><r:privacy><r:unknown/></r:privacy>',
      '<r:sphere>bowling league</r:sphere><r:status-icon>http://example.test/mail.png</r:status-icon>',
      '<r:time-offset>-240</r:time-offset>',
    ].join('')
    const read = presenceDocument(presence(`<dm:person id="p">${content}</dm:person>`))
    expect(read.persons[0]!.elements).toHaveLength(9)
    expect(rpidElements(read.persons[0]!.elements, 'sphere')).toHaveLength(1)
    expect(said(presenceDocument(writePidf(read)))).toEqual(said(read))
  })
})
