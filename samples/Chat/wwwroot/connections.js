import { session } from './session.js';

// Each opens a connection, and settles when it has ended. A browser sends the cookies of the moment, which may be another user's. So
// `pawl_session` names the session that the connection is for.

export const hub = async (sid, signal, receive) => {
  const connection = new signalR.HubConnectionBuilder()
    .withUrl(`/hub?pawl_session=${sid}`, {
      // SignalR asks for a token ahead of each connection. In this page the cookies are the token, and they may need a refresh.
      accessTokenFactory: async () => {
        if (!(await session.fetch('/auth/verify', { signal })).ok) throw new Error('The session has ended.');
        return '';
      },
    })
    .withAutomaticReconnect()
    .build();
  connection.on('line', receive);
  connection.onreconnecting(() => receive());
  signal.addEventListener('abort', () => connection.stop());
  const closed = new Promise((resolve) => connection.onclose(resolve));
  await connection.start();
  await closed;
};

export const socket = (sid, signal, receive) =>
  new Promise((resolve) => {
    const socket = new WebSocket(`/socket?pawl_session=${sid}`);
    socket.onmessage = ({ data }) => receive(data);
    socket.onclose = resolve;
    signal.addEventListener('abort', () => socket.close());
  });

export const events = (sid, signal, receive) =>
  new Promise((resolve) => {
    const source = new EventSource(`/events?pawl_session=${sid}`);
    source.onmessage = ({ data }) => receive(data);
    source.onerror = () => {
      receive();
      // The browser reconnects by itself, but not after a refusal.
      if (source.readyState === EventSource.CLOSED) resolve();
    };
    signal.addEventListener('abort', () => resolve(source.close()));
  });

export const stream = async (sid, signal, receive) => {
  // session.fetch names the session in a header.
  const { body } = await session.fetch('/stream', { signal });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ''; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) receive(line);
  }
};
