import { createSession } from '/auth/client/pawl.js'; // MapPawl serves it.

const session = createSession();
const element = (id) => document.getElementById(id);

async function show() {
  const isIn = session.state.status === 'signed-in';
  element('guest').hidden = isIn;
  element('member').hidden = !isIn;
  if (!isIn) return;
  element('notes').textContent = await (await session.fetch('/notes')).text(); // Refreshes when it has to, once for all tabs.
  const { sessions } = await (await session.fetch('/auth/sessions')).json();
  element('devices').replaceChildren(...sessions.map(deviceOf));
}

function deviceOf({ sid, device, current }) {
  const item = document.createElement('li');
  item.append(current ? `${device} (this one)` : device);
  if (!current) {
    const button = Object.assign(document.createElement('button'), { textContent: 'Sign out' });
    button.onclick = () => session.fetch(`/auth/sessions/${sid}`, { method: 'DELETE' }).then(show);
    item.append(button);
  }
  return item;
}

// What Identity says of an e-mail address or a password that it does not accept.
async function problemOf(response) {
  const { errors, title } = await response.json();
  return errors ? Object.values(errors).flat().join(' ') : title;
}

element('guest').onsubmit = async (event) => {
  event.preventDefault();
  const user = Object.fromEntries(new FormData(event.target));
  element('message').textContent = '';
  if (event.submitter.name === 'register') {
    const response = await fetch('/register', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(user),
    });
    if (!response.ok) return void (element('message').textContent = await problemOf(response));
  }
  const response = await session.signIn('/login?useCookies=true', user);
  if (!response.ok) element('message').textContent = 'The e-mail address or the password is wrong.';
};
element('out').onclick = () => session.signOut();
session.on('signedin', show);
session.on('signedout', show); // Here, in another tab, or from another device.
await show();
