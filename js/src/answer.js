import { BODY_TIMEOUT, timeout } from './timeout.js';

/**
 * The content of a response of the Pawl server: a session, or a problem.
 * @typedef {object} Answer
 * @property {string} [sid]
 * @property {number} [refresh_in]
 * @property {string} [access_token]
 * @property {any} [code]
 * @property {string} [reason]
 */

/** In characters. Only the longest access tokens come near it. */
const LONGEST_BODY = 20_000;

/**
 * Rejects if the body is not JSON, too long or too slow.
 * @param {ReadableStream} body
 */
const parse = async (body) => {
  let text = '';
  const sink = new WritableStream({
    write(chunk, controller) {
      if ((text += chunk).length > LONGEST_BODY) controller.error();
    },
  });
  await body.pipeThrough(new TextDecoderStream()).pipeTo(sink, { signal: timeout(BODY_TIMEOUT) });
  return JSON.parse(text);
};

/**
 * Leaves the response readable. Empty if there is no response, or if it is not the Pawl server's: a captive portal answers 200,
 * too. The header comes first, because a response to HEAD has no body.
 * @param {Response | void} response
 * @returns {Promise<Answer>}
 */
export const answerOf = async (response) => {
  const [code, reason] = response?.headers.get('Pawl-Problem')?.split(';reason=') ?? [];
  const { body, ok, headers } = response ?? {};
  if (code || !body || !headers?.get('Content-Type')?.startsWith(`application/${ok ? '' : 'problem+'}json`)) return { code, reason };
  return (await parse(/** @type {any} */ (response).clone().body).catch(() => {})) ?? {};
};
