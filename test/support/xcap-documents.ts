/**
 * Documents that tests of XCAP put, and their types.
 */
export const types = {
  lists: 'application/resource-lists+xml',
  services: 'application/rls-services+xml',
  rules: 'application/auth-policy+xml',
  element: 'application/xcap-el+xml',
  attribute: 'application/xcap-att+xml',
} as const

export const friends = `<?xml version="1.0" encoding="UTF-8"?>
<!-- kept -->
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:x='urn:example:x'>
  <list name="friends">
    <entry uri="sip:bob@example.test"><display-name xml:lang="de">Bob &amp; Söhne</display-name></entry>
    <entry uri="sip:carol@example.test" x:colour='"blue"'/>
    <x:note>who &lt;knows&gt;</x:note>
  </list>
  <list name="work"/>
</resource-lists>
`

export function lists(content: string): string {
  return `<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">${content}</resource-lists>`
}

export function services(content: string): string {
  return (
    '<rls-services xmlns="urn:ietf:params:xml:ns:rls-services" xmlns:rl="urn:ietf:params:xml:ns:resource-lists">' +
    `${content}</rls-services>`
  )
}

export function rules(content: string): string {
  return (
    '<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules">' +
    `${content}</ruleset>`
  )
}
