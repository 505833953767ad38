/**
 * Parameters of the social graph: how many contacts a user has and where they sit.
 */
import { aNumber, aShare, aWholeNumber } from './parameter-facts.ts'

export const graphParameters = {
  contacts: aNumber([1, 1_000], {
    symbol: 'K',
    standard: [16, 50],
    distribution: 'log-normal, median 0.667 K, rounded, cut to 1 … contactsMax',
    source: 'LYNC13: mean 50, 25 % of users with 100 or more at a mean of 80; OCS 50; 2003: SUN 30, assumed 16',
    text: 'contacts of a user',
  }),
  contactsSigma: aNumber([0, 2], { standard: 0.9, source: 'fitted to LYNC13', text: 'σ of the number of contacts' }),
  contactsMax: aWholeNumber([1, 1_000], { standard: 1_000, source: 'LYNC13', text: 'most contacts of a user' }),
  groups: aNumber([1, 64], {
    standard: 4,
    distribution: '1 + Poisson(3), at most 64',
    source: 'LCS 2003: at most 64; rest assumed',
    text: 'groups in a contact list',
  }),
  teamShare: aShare({ standard: 0.6, source: 'assumed', text: 'part of the contacts that is in the same team' }),
  divisionShare: aShare({ standard: 0.25, source: 'assumed', text: 'part in the same division, another team' }),
  hubShare: aShare({
    standard: 0.01,
    source: 'assumed',
    text: 'part that is one of the hubs; the rest of the contacts is anybody, by rank',
  }),
  hubs: aWholeNumber([1, 1_000], { standard: 20, source: 'assumed', text: 'fixed hubs, such as service desks' }),
  rankExponent: aNumber([0, 0.99], {
    standard: 0.8,
    distribution: 'weight rank^−0.8',
    source: 'assumed',
    text: 'how much more often a well-known user is a contact',
  }),
  teamsPerDivision: aWholeNumber([1, 1_000], { standard: 8, source: 'assumed', text: 'teams that make a division' }),
  reciprocity: aNumber([0, 0.85], {
    standard: 0.7,
    source: 'assumed',
    text: 'part of the contacts who have the user as a contact too',
  }),
} as const
