"""
Follows the sessions that end at a Pawl server, so that an access token that is good by itself is refused once its session is over. `has(sid)` says
whether it has ended; `age()` is for how many seconds the server has not answered: up to `wait` and a little when all is well.
"""

import base64
import json
import sys
import threading
import time
import urllib.request


def repeat(action, pause):
    """Runs an action in the background for ever. After an error it is tried again in a second."""

    def run():
        while True:
            try:
                action()
                time.sleep(pause)
            except Exception as error:  # pylint: disable=broad-except
                print(error, file=sys.stderr)
                time.sleep(1)

    threading.Thread(target=run, daemon=True).start()


class Revocations:
    def __init__(self, url, name, secret, wait=20):
        credentials = base64.b64encode(f"{name}:{secret}".encode()).decode()
        self._url, self._headers = url, {"Authorization": f"Basic {credentials}"}
        self._ended, self._cursor, self._heard_at = {}, None, 0
        # There may be several pages. All of them are known once the cursor stays.
        while self._ask(0):
            pass
        repeat(lambda: self._ask(wait), 0)

    def has(self, sid):
        return sid in self._ended

    def age(self):
        return time.monotonic() - self._heard_at

    # An error is never "nothing has ended": the cursor stays, and the question is asked again.
    def _ask(self, wait):
        query = f"?wait={wait}" + (f"&after={self._cursor}" if self._cursor else "")
        with urllib.request.urlopen(urllib.request.Request(self._url + query, headers=self._headers), timeout=wait + 10) as answer:
            page = json.load(answer)
        now = time.monotonic()
        kept = {sid: until for sid, until in self._ended.items() if until >= now}
        self._ended = kept | {ending["sid"]: now + page["remember_for"] for ending in page["revocations"]}
        has_moved = page["cursor"] != self._cursor
        self._cursor, self._heard_at = page["cursor"], now
        return has_moved
