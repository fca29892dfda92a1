// Keeps the session fresh while a page is open: a circuit sends no requests. A page that .NET does not follow in the browser is loaded
// again when its session ends or another user signs in.
import { createSession } from '/auth/client/pawl.js';

// The cookies of a form's response change before its page is shown. A reload would take the place of that page.
let leaving = false;
addEventListener('beforeunload', () => (leaving = true));

const session = createSession();
for (const type of ['signedin', 'signedout', 'switched'])
  session.on(type, () => leaving || document.querySelector('[data-where=WebAssembly]') || location.reload());
