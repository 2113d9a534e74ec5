"""A front end on another origin, as small as can be: it asks the API for the draft and shows its title."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGE = """<!doctype html>
<html lang="en"><head><title>Front end</title><meta name="referrer" content="no-referrer"></head>
<body><main><h1>…</h1><script>
const token = new URLSearchParams(location.search).get("token");
fetch("{api}/api/v1/preview/?" + new URLSearchParams({{token}}))
  .then(answer => answer.json())
  .then(draft => {{ document.querySelector("h1").textContent = draft.title || draft.detail; }});
</script></main></body></html>
"""


class FrontEnd(ThreadingHTTPServer):
    """Remembers the path and the referrer of each request."""

    daemon_threads = True

    def __init__(self, api: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.page = PAGE.format(api=api).encode()
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.seen: list[tuple[str, str | None]] = []


class Handler(BaseHTTPRequestHandler):
    server: FrontEnd

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Referer"]))
        found = self.path.startswith("/preview")
        self.send_response(200 if found else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if found:
            self.wfile.write(self.server.page)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(api: str) -> Iterator[FrontEnd]:
    with FrontEnd(api) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
