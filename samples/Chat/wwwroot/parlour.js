import * as connections from './connections.js';
import { keepOpen } from './keep-open.js';
import { session } from './session.js';

const find = (selector) => document.querySelector(selector);

// What a connection receives goes into its column. Without a line, the connection is closed.
const column = (id) => (line) => {
  find(`#${id}`).toggleAttribute('data-open', line !== undefined);
  if (line !== undefined) find(`#${id} ol`).append(Object.assign(document.createElement('li'), { textContent: line }));
};

const listDevices = async () => {
  const { sessions } = await (await session.fetch('/auth/sessions')).json();
  find('#devices').replaceChildren(
    ...sessions.map(({ sid, device, current }) => {
      const item = Object.assign(document.createElement('li'), { textContent: `${device} ` });
      const button = Object.assign(document.createElement('button'), { textContent: 'Sign out', hidden: current });
      button.onclick = () => session.fetch(`/auth/sessions/${sid}`, { method: 'DELETE' }).then(listDevices);
      item.append(current ? '(this device)' : button);
      return item;
    }),
  );
};

// What the page holds belongs to one session. It is dropped when that session ends, or when another takes its place.
let shown = '';
let over = new AbortController();
const show = ({ reason } = {}) => {
  const { sid } = session.state;
  find('#sign-in').hidden = Boolean(sid);
  find('main').hidden = !sid;
  if (sid === shown) return;
  shown = sid;
  over.abort();
  over = new AbortController();
  find('#reason').textContent = reason ?? '';
  for (const list of document.querySelectorAll('ol, ul')) list.replaceChildren();
  if (!sid) return;
  const { signal } = over;
  for (const [id, open] of Object.entries(connections)) {
    const receive = column(id);
    keepOpen(signal, () => open(sid, signal, receive).finally(receive));
  }
  listDevices();
};
session.on('change', show);
show();

find('#sign-in').onsubmit = (event) => {
  event.preventDefault();
  session.signIn('/login', { name: event.target.elements.name.value });
};
find('#say').onsubmit = (event) => {
  event.preventDefault();
  const { text } = event.target.elements;
  session.fetch('/say', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ text: text.value }) });
  text.value = '';
};
find('#sign-out').onclick = () => session.signOut();
