/* @ts-self-types="../types/axios.d.ts" */

// axios, in the name of a session. All policy stays in `session.fetch`: axios has an adapter for fetch, and takes ours.

/**
 * Whether this version sends with the `fetch` that it is given. Instances do not tell their version, so it makes one request with
 * an instance without interceptors. A `data:` URL needs no network.
 * @param {any} axios
 */
const takesFetch = (axios) => {
  let taken;
  // Not a plain object: axios would copy that, and read the property in any version.
  const env = Object.create({}, { fetch: { enumerable: true, get: () => (taken = async () => new Response()) } });
  axios.create({ adapter: 'fetch', baseURL: '', transformRequest: [], env }).request({ url: 'data:,' }).catch(() => {});
  return taken;
};

/** @type {typeof import('../types/axios.d.ts').attach} */
export const attach = (axios, session) => {
  if (!takesFetch(axios))
    throw new Error('pawl: attach needs axios 1.12 or later; earlier versions would send requests without the session.');
  axios.defaults.adapter = 'fetch';
  // Without a Request in between, each body reaches the session as it was given, and can be sent again.
  axios.defaults.env = { ...axios.defaults.env, fetch: session.fetch, Request: null };
  return axios;
};
