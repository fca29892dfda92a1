import { createSession } from '/auth/client/pawl.js';

export const session = createSession();
