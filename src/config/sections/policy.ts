/**
 * Section `policy`: what holds between people for whom nobody has made a rule. `src/policy/` decides by it.
 */
import { choiceKey, group } from '../key.ts'

export const policySection = group('Who sees whose presence where neither they nor the organisation say.', {
  default: choiceKey({
    default: 'open',
    choices: ['open', 'prompt', 'closed'],
    reload: 'live',
    why: 'Until `meridian policy default` sets another: open shows everybody, prompt asks first, closed shows nobody.',
  }),
})
