import type { Session } from './pawl.d.ts';

/**
 * Sends every request of this axios instance through `session.fetch`, and returns the instance.
 *
 * Needs axios 1.12 or later, and throws an `Error` with earlier versions. What `session.fetch` rejects with becomes an
 * `AxiosError` with the same `code`, and the original as its `cause`. axios reports no upload progress over this path.
 *
 * @param axios axios itself, or what `axios.create()` returned
 * @example
 * import axios from 'axios';
 * import { createSession } from 'pawl';
 * import { attach } from 'pawl/axios';
 *
 * const http = attach(axios.create({ baseURL: '/api' }), createSession());
 * const { data } = await http.get('/orders');
 */
export declare const attach: <T extends { defaults: { adapter?: any; env?: any } }>(axios: T, session: Pick<Session, 'fetch'>) => T;
