/**
 * How long the steps of a move may take, each with what happens then.
 */

/** The new home answers within this time, or there is no move: it looks into its store. */
export const offerDeadlineMs = 5_000
/** Messages for the user wait no longer than this; then he stays. */
export const frozenMaxMs = 2_000
/** While something is on its way to a device: looked at again this often. */
export const quietPollMs = 10
/** After the commit, and while the old home does not say what became of a move: asked again this often. */
export const askAgainMs = 1_000
/** At the new home messages wait this long for the word of the old one, and then for nobody. */
export const arrivalHeldMs = 5_000
/** Records of one message between the homes; a single larger one goes alone. */
export const partBytesMax = 48 * 1024
/** So far above every epoch that moves can reach that the dead home's last one is below it. */
export const adoptionStep = 1_000
