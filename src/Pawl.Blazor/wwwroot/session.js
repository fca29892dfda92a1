// Connects the page's session to .NET. All decisions are those of the browser client, which the server delivers.

export const join = async (base, bearer, origins, listener) => {
  const { createSession } = await import(new URL(`${base}/client/pawl.js`, document.baseURI).href);
  const session = createSession(base, { transport: bearer ? 'bearer' : 'cookie', origins });
  const url = (path) => new URL(`${base}/${path}`, document.baseURI).href;

  /** Who is signed in, as the server says. Null: the user is signed out. */
  const user = async () => {
    if (session.state.status === 'signed-out') return null;
    const response = await session.fetch(url('session'));
    if (!response.ok) throw new Error(`The session endpoint has answered ${response.status}.`);
    const content = await response.json();
    return content.active ? content : null;
  };

  /** What a request has to carry. Rejects as the client does; without a session the request goes as it is. */
  const grant = async () => {
    const token = await session.token();
    return { sid: session.state.sid, generation: session.state.generation, token };
  };

  for (const type of ['signedin', 'signedout', 'switched', 'refreshed'])
    session.on(type, ({ reason }) => listener.invokeMethodAsync('OnEvent', type, reason ?? '').catch(() => {}));

  return {
    user,
    grant,
    sid: () => session.state.sid,

    /**
     * A request of .NET was refused. The client asks the server in its own way: it refreshes if a newer token helps, and learns
     * it if the session has ended or has been switched. True: the same request may be sent once more.
     */
    async judge(generation) {
      const response = await session.fetch(url('sessions?limit=1'), { method: 'HEAD' });
      return response.ok && session.state.generation !== generation;
    },

    async ready() {
      if (session.state.status === 'signed-out') return false;
      await session.ready();
      return true;
    },

    token: () => session.token(),
    signIn: async (target, body) => (await session.signIn(new URL(target, document.baseURI), body)).status,
    signOut: (scope) => session.signOut({ scope }),
    dispose: () => session.dispose(),
  };
};
