// All that the package promises to TypeScript. Whatever must not compile is marked as an error, and it is an error if it compiles.
import axios from 'axios';
import { createSession, PawlError } from 'pawl';
import { attach } from 'pawl/axios';

const session = createSession('/auth', { transport: 'bearer', origins: ['https://api.example.com'] });

export const answer: Promise<Response> = session.fetch(new URL('https://api.example.com/x'), { method: 'POST', body: new FormData() });
export const ready: Promise<void> = session.ready();
export const token: Promise<string> = session.token();
export const signedIn: Promise<Response> = session.signIn('login', { name: 'ada' });
export const signedOut: Promise<boolean> = session.signOut({ scope: 'everywhere' });
export const status: 'signed-in' | 'signed-out' = session.state.status;
export const [sid, generation, refreshIn, degraded]: [string, string, number, boolean] = [session.state.sid, session.state.generation, session.state.refreshIn, session.state.degraded];
export const stop: () => void = session.on('signedout', (event) => event.reason?.toUpperCase());
export const api: ReturnType<typeof axios.create> = attach(axios.create(), session);
export const isSwitched = (error: unknown) => error instanceof PawlError && error.code === 'session_switched';
session.dispose();

// @ts-expect-error There is no such transport.
createSession('/auth', { transport: 'localStorage' });
// @ts-expect-error Nor such a scope.
void session.signOut({ scope: 'all' });
// @ts-expect-error Nor such an event.
session.on('expired', () => {});
// @ts-expect-error It is not to be changed.
session.state.status = 'signed-in';
// @ts-expect-error There are no such options.
createSession('/auth', { storage: localStorage });
