"""Another website, for tests: files of a folder on a port of its own, so on another origin."""

from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


class Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args, headers, **kwargs):
        self.extra = headers
        super().__init__(*args, **kwargs)

    def end_headers(self):
        for name, value in self.extra.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *args):
        pass


@contextmanager
def other_site(folder: Path, **headers: str):
    """Serve `folder`, each answer with these headers too. Yields the address."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    handler = partial(Handler, directory=str(folder), headers=named)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
