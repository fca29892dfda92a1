// Runs the README's examples against a fetch that notes what is asked. On a server, as here, there is nobody signed in.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { HttpErrorResponse, HttpRequest, HttpResponse } from '@angular/common/http';
import { PawlError } from 'pawl';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { firstValueFrom } from 'rxjs';
import { effectScope } from 'vue';
import { http } from './examples/axios.js';
import { appConfig } from './examples/app.config.js';
import { pawlInterceptor } from './examples/pawl.interceptor.js';
import { Account } from './examples/react.jsx';
import { session } from './examples/session.js';
import { queryClient } from './examples/tanstack.js';
import { useSession } from './examples/vue.js';

type Asked = { url: string; method: string; headers: Headers; body: string; signal?: AbortSignal | null };
const asked: Asked[] = [];
let answer: () => Response | Promise<Response>;
globalThis.fetch = async (input, init) => {
  const request = new Request(new URL(input instanceof Request ? input.url : `${input}`, 'https://app.example.com'), input instanceof Request ? input : init);
  asked.push({ url: new URL(request.url).pathname, method: request.method, headers: request.headers, body: await request.text(), signal: init?.signal ?? request.signal });
  return answer();
};
const json = (body: unknown, status = 200) => () => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

const examples: Record<string, () => unknown> = {
  react: () => assert.equal(renderToString(createElement(Account)), '<a href="/login">Sign in</a>'),

  vue: () => {
    const scope = effectScope();
    assert.equal(scope.run(useSession)!.value.status, 'signed-out');
    scope.stop();
  },

  angular: async () => {
    assert.equal(appConfig.providers.length, 1);
    const send = (request: HttpRequest<unknown>) => pawlInterceptor(request, () => assert.fail('Angular has sent it itself.'));
    answer = json({ id: 7 }, 201);
    const order = (await firstValueFrom(send(new HttpRequest('POST', '/api/orders', { book: 1 })))) as HttpResponse<{ id: number }>;
    assert.deepEqual([order.status, order.body], [201, { id: 7 }]);
    const { url, method, headers, body } = asked.at(-1)!;
    assert.deepEqual([url, method, headers.get('Content-Type'), body], ['/api/orders', 'POST', 'application/json', '{"book":1}']);

    answer = () => new Response('nothing here', { status: 404, headers: { 'X-Reason': 'gone' } });
    const missing = await firstValueFrom(send(new HttpRequest('GET', '/api/none'))).catch((error) => error);
    assert.ok(missing instanceof HttpErrorResponse);
    assert.deepEqual([missing.status, missing.error, missing.headers.get('X-Reason')], [404, 'nothing here', 'gone']);

    answer = () => Promise.reject(new TypeError('no network'));
    const failed = await firstValueFrom(send(new HttpRequest('GET', '/api/none'))).catch((error) => error);
    assert.deepEqual([failed instanceof HttpErrorResponse, failed.status, failed.error.message], [true, 0, 'no network']);

    answer = () => new Response('text');
    assert.equal(((await firstValueFrom(send(new HttpRequest('GET', '/t', { responseType: 'text' })))) as HttpResponse<string>).body, 'text');
    assert.equal(await ((await firstValueFrom(send(new HttpRequest('GET', '/t', { responseType: 'blob' })))) as HttpResponse<Blob>).body!.text(), 'text');

    answer = () => new Promise(() => {});
    const subscription = send(new HttpRequest('GET', '/slow')).subscribe(() => assert.fail('It was given up.'));
    await new Promise((go) => setTimeout(go));
    subscription.unsubscribe();
    assert.equal(asked.at(-1)!.signal!.aborted, true);
  },

  axios: async () => {
    answer = json({ id: 7 });
    const { status, data } = await http.post('/orders', { book: 1 });
    assert.deepEqual([status, data, asked.at(-1)!.body], [200, { id: 7 }, '{"book":1}']);
    answer = json({}, 403);
    await assert.rejects(http.get('/orders'), { code: 'ERR_BAD_REQUEST' });
  },

  'TanStack Query': async () => {
    answer = json([1, 2]);
    assert.deepEqual(await queryClient.fetchQuery({ queryKey: ['orders', 7] }), [1, 2]);
    assert.equal(asked.at(-1)!.url, '/api/orders/7');
    const retry = queryClient.getDefaultOptions().queries!.retry as (failures: number, error: Error) => boolean;
    assert.deepEqual([retry(0, new PawlError('refresh_unavailable')), retry(3, new PawlError('refresh_unavailable')), retry(0, new Error())], [true, false, false]);
    answer = json({}, 500);
    await assert.rejects(queryClient.fetchQuery({ queryKey: ['broken'], retry: false }), { status: 500 });
  },

  SignalR: async () => {
    // All that SignalR needs of a browser to make a connection to a relative address.
    Object.assign(globalThis, { window: { document: { createElement: () => ({}) } } });
    Object.defineProperty(process, 'release', { value: {} });
    const signalr = await import('./examples/signalr.js');
    // There is no session to connect for, and so no connection is tried.
    const before = asked.length;
    await assert.rejects(signalr.connect(), { code: 'signed_out' });
    assert.equal(asked.length, before);
    assert.equal(await session.token(), '');
  },
};

for (const [name, run] of Object.entries(examples)) {
  await run();
  console.log(`ran: ${name}`);
}
