/**
 * What our server says in the body of an answer: of a session, or of what is wrong.
 * @typedef {object} Answer
 * @property {string} [sid]
 * @property {number} [refresh_in]
 * @property {string} [access_token]
 * @property {any} [code]
 * @property {string} [reason]
 */

/**
 * Leaves the response readable. Empty if there is none, or it says nothing of the kind: a captive portal answers 200, too.
 * @param {Response | void} response
 * @returns {Promise<Answer>}
 */
export const answerOf = async (response) => (await response?.clone().json().catch(() => {})) ?? {};
