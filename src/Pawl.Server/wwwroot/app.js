// The page: shows who is signed in, and follows the session wherever it goes.

import { describe, offer } from './account.js';
import { list } from './devices.js';
import { $ } from './dom.js';
import { note, noteRefresh } from './log.js';
import { ask, session } from './server.js';
import { wind } from './token.js';
import './burst.js';

const FAREWELLS = {
  signed_out: 'You have signed out.',
  revoked: 'This device was signed out from another device.',
  token_reused: 'This session was ended because its refresh token was used twice: somebody else may have had it.',
  idle: 'This device was signed out because it was not used for a long time.',
  absolute: 'This session has reached its longest time. Sign in once more.',
  replaced: 'Another sign-in in this browser has ended this session.',
  user_disabled: 'This device was signed out because the account was disabled.',
  credentials_changed: 'This device was signed out because the password was changed on another device.',
};

/** @param {boolean} [moved] signed in or out just now, so that whoever reads along is taken there */
const show = (moved) => {
  const signedIn = !!session.state.sid;
  $('welcome').hidden = signedIn;
  for (const id of ['home', 'who', 'sign-out']) $(id).hidden = !signedIn;
  if (moved && document.hasFocus()) $(signedIn ? 'token-title' : 'pitch-title').focus();
};

const load = async () => {
  const { sid } = session.state;
  const me = await ask('/api/me');
  if (!me.ok || me.sid != sid || me.sid != session.state.sid) return;
  wind(me);
  describe(me);
};

/** Leaves nothing of whoever was signed in, not even where nobody sees it: the next one at this screen may be somebody else. */
const forget = () => {
  for (const id of ['who', 'account', 'devices', 'log']) $(id).replaceChildren();
  for (const form of document.forms) {
    form.reset();
    form.dispatchEvent(new Event('input')); // The hints count what has been typed.
  }
};

const enter = () => {
  $('farewell').hidden = true;
  forget();
  show(true);
  note('signed in', session.state.sid);
  load();
  list();
};

session.on('signedin', enter);
session.on('switched', enter);
session.on('refreshed', () => {
  noteRefresh();
  load();
});
session.on('signedout', ({ reason }) => {
  $('farewell').textContent = FAREWELLS[reason] ?? 'This device is signed out.';
  $('farewell').hidden = false;
  forget();
  offer('sign-in');
  show(true);
});
session.on('degraded', () => note('server away', 'nothing has ended'));
session.on('recovered', () => note('server back'));

// Other devices come and go: looked for when somebody looks, and not by a timer, which would keep the session alive for ever.
addEventListener('focus', () => session.state.sid && list());

show();
if (session.state.sid) {
  load();
  list();
}
