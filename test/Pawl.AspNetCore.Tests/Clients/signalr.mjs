// The SignalR client of a browser, on each of its transports: connects, is told who it is, and is cut when the session ends. A line of JSON
// says what each transport has seen. Node has no window, so the client would send headers that no browser can send.
import WebSocket from 'ws';
import EventSource from 'eventsource';

const events = { addEventListener() {}, removeEventListener() {} };
Object.assign(globalThis, { window: { document: events } });
Object.defineProperty(process, 'release', { value: {} });
const { DefaultHttpClient, HttpTransportType, HubConnectionBuilder, LogLevel, NullLogger } = await import('@microsoft/signalr');

const [address] = process.argv.slice(2);
const urls = [];

/** The constructor of a browser, whose URLs are noted. */
const watch = (Constructor) => class extends Constructor {
  constructor(url, ...rest) {
    urls.push(url);
    super(url, ...rest);
  }
};

const post = (path, token, body) => fetch(address + path, {
  method: 'POST',
  headers: { ...(body && { 'Content-Type': 'application/json' }), ...(token && { Authorization: `Bearer ${token}` }) },
  body,
});

for (const [name, kind] of [['WebSockets', 'page'], ['ServerSentEvents', 'page'], ['LongPolling', 'page'], ['WebSockets', 'ticket alone'], ['WebSockets', 'access token']]) {
  const { access_token: access } = await (await post('/login', null, '{"name":"ada","transport":"Bearer","roles":["admin"]}')).json();
  const ticket = async () => (await (await post('/auth/ticket', access)).json()).ticket;
  class Requests extends DefaultHttpClient {
    async send(request) {
      return super.send({ ...request, headers: { ...request.headers, Authorization: `Bearer ${access}` } });
    }
  }
  const connection = new HubConnectionBuilder()
    .withUrl(`${address}/hub`, {
      // No URL may have the real one in a test: everything is logged here.
      accessTokenFactory: kind == 'access token' ? () => 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA' : ticket,
      httpClient: kind == 'ticket alone' ? undefined : new Requests(NullLogger.instance),
      transport: HttpTransportType[name],
      WebSocket: watch(WebSocket),
      EventSource: watch(EventSource),
    })
    .configureLogging(LogLevel.None)
    .build();
  const closed = new Promise((resolve) => connection.onclose(resolve));
  const seen = { transport: name, kind };
  try {
    await connection.start();
    seen.user = await connection.invoke('WhoAmI');
    // A ticket has expired by now. The connection goes on.
    await post('/later');
    seen.later = await connection.invoke('WhoAmI');
    await post('/auth/logout', access);
    await closed;
    seen.cut = true;
  } catch {
    seen.failed = true;
  }
  seen.leaked = urls.some((url) => url.includes(access));
  console.log(JSON.stringify(seen));
}
process.exit(0);
