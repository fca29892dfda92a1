// Signing up, signing in, and changing the password.

import { $, make } from './dom.js';
import { answer, ask, json, session } from './server.js';
import { list } from './devices.js';
import { note } from './log.js';

/**
 * @param {string} id
 * @param {(fields: any) => Promise<string | undefined>} act returns what went wrong, for people
 */
const onSubmit = (id, act) => {
  const form = $(id);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const error = form.querySelector('.error');
    const button = form.querySelector('button:not([type])');
    error.textContent = '';
    button.disabled = true;
    const fault = await act(Object.fromEntries(new FormData(form)));
    button.disabled = false;
    if (fault) error.textContent = fault;
    else form.reset();
    form.dispatchEvent(new Event('input'));
  });
};

const signIn = ({ email, password }) => answer(() => session.signIn(undefined, { email, password }));

onSubmit('sign-in', async (fields) => {
  const { ok, title } = await signIn(fields);
  return ok ? undefined : title;
});

onSubmit('sign-up', async ({ email, password }) => {
  const made = await answer(() => fetch(...json('/auth/register', { email, password })));
  if (!made.ok) return made.title;
  const { ok, code, title } = await signIn({ email, password });
  if (ok) return;
  // The server does not say so, lest anybody could ask it who has an account.
  return code == 'invalid_credentials' ? 'If this address has an account already, sign in with its own password.' : title;
});

onSubmit('change', async (fields) => {
  const { ok, title, ended } = await ask(...json('/auth/password', { current: fields.current, new: fields.new }));
  if (!ok) return title;
  note('password changed', `${ended} other ${ended == 1 ? 'device' : 'devices'} signed out`);
  $('change').closest('details').open = false;
  await list();
});

/** @param {string} id of the form to show: `sign-in` or `sign-up` */
export const offer = (id) => {
  for (const form of ['sign-in', 'sign-up']) $(form).hidden = form != id;
};

for (const button of document.querySelectorAll('[data-shows]'))
  button.addEventListener('click', () => {
    offer(button.dataset.shows);
    $(button.dataset.shows).querySelector('input').focus();
  });

for (const button of document.querySelectorAll('[aria-pressed]'))
  button.addEventListener('click', () => {
    const shown = button.getAttribute('aria-pressed') == 'false';
    button.setAttribute('aria-pressed', shown);
    button.textContent = shown ? 'Hide' : 'Show';
    $(button.getAttribute('aria-controls')).type = shown ? 'text' : 'password';
  });

answer(() => fetch('/api/password-rules')).then(({ minimum_length: least = 15 }) => {
  for (const [id, name] of [['sign-up', 'password'], ['change', 'new']]) {
    const form = $(id);
    const hint = () => {
      const length = [...form.elements[name].value.normalize('NFKC')].length;
      $(`${id}-hint`).textContent =
        length == 0 || length >= least
          ? `${least} characters or more: a few words that have nothing to do with each other. Spaces and any letters are welcome.`
          : `${length} of ${least} characters.`;
    };
    form.addEventListener('input', hint);
    hint();
  }
});

/** Says who is signed in. */
export const describe = (me) => {
  $('who').textContent = me.email;
  $('change').elements.email.value = me.email;
  const facts = {
    'E-mail address': me.email,
    Subject: me.sub,
    Session: me.sid,
    'Signed in': `${new Date(me.auth_time * 1_000).toLocaleString()}, by ${me.amr.includes('pwd') ? 'password' : me.amr.join(', ')}`,
  };
  $('account').replaceChildren(...Object.entries(facts).flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
};
