"""
A real web server on this machine that plays the rest of the web, also at its worst.

    with web_server(settings) as web:
        web.page("/rapport", "<title>Samen eten</title>")
        fetch(web.url("/rapport"))
        assert web.requests == ["GET /rapport"]
"""

import gzip
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

WAIT = 0.05  # seconds between two bytes of a slow answer


class WebServer(ThreadingHTTPServer):
    """Answers what a test told it to; `requests` and `headers` are what it was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, scheme="http"):
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = scheme
        self.answers = {}
        self.requests = []
        self.headers = []
        self.stopping = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def url(self, path="/", host="127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def page(
        self, path, body="", *, status=200, content_type="text/html; charset=utf-8", **headers
    ):
        """Answer `path` with `body`; `headers` by name, with an underscore for each dash."""
        body = body if isinstance(body, bytes) else body.encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(handler):
            handler.send_response(status)
            for name, value in {"Content-Type": content_type, **names}.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            if handler.command != "HEAD":
                handler.wfile.write(body)

        self.answers[path] = answer
        return self.url(path)

    def json(self, path, text, **options):
        return self.page(path, text, content_type="application/json", **options)

    def redirect(self, path, to, status=302):
        return self.page(path, status=status, Location=to)

    def raw(self, path, answer):
        """Let `answer(write)` send any bytes; write() says whether somebody still listens."""

        def send(handler):
            def write(data):
                try:
                    handler.wfile.write(data)
                    handler.wfile.flush()
                except OSError:
                    return False
                return not self.stopping.is_set()

            answer(write)

        self.answers[path] = send
        return self.url(path)

    def endless_body(self, path):
        def answer(write):
            write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            while write(b"<p>nog meer</p>" * 4000):
                pass

        return self.raw(path, answer)

    def endless_chunk_header(self, path):
        def answer(write):
            write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while write(b"0" * 60_000):
                pass

        return self.raw(path, answer)

    def slow_body(self, path):
        def answer(write):
            write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            while write(b" "):
                time.sleep(WAIT)

        return self.raw(path, answer)

    def slow_headers(self, path):
        def answer(write):
            write(b"HTTP/1.1 200 OK\r\nX-Wacht: ")
            while write(b"x"):
                time.sleep(WAIT)

        return self.raw(path, answer)

    def silent(self, path):
        return self.raw(path, lambda write: self.stopping.wait(30))

    def huge_headers(self, path):
        def answer(write):
            write(b"HTTP/1.1 200 OK\r\n")
            for number in range(100_000):
                if not write(b"X-%d: %s\r\n" % (number, b"x" * 1000)):
                    return

        return self.raw(path, answer)

    def gzip_bomb(self, path, megabytes=200):
        bomb = gzip.compress(bytes(megabytes * 1_000_000))
        return self.page(path, bomb, Content_Encoding="gzip")

    def broken_gzip(self, path):
        return self.page(path, b"dit is geen gzip", Content_Encoding="gzip")

    def short_body(self, path):
        def answer(write):
            write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nmaar dit")

        return self.raw(path, answer)

    def no_http(self, path):
        return self.raw(path, lambda write: write(b"SSH-2.0-OpenSSH_9.6\r\n"))

    def handle_error(self, request, client_address):
        """Say nothing of a client that hung up: that is what the tests are about."""


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        self.server.requests.append(f"{self.command} {self.path}")
        self.server.headers.append(dict(self.headers))
        answer = self.server.answers.get(self.path)
        with suppress(OSError):
            if answer:
                answer(self)
            else:
                self.send_error(404)

    do_GET = do_HEAD = do_POST = answer  # noqa: N815 (names of http.server)

    def log_message(self, *args):
        """Nothing: a test reads `requests`."""


@contextmanager
def web_server(settings, *, certificate_for="", tmp_path=None):
    """
    Run a server that `publications.web.fetch` may reach. With `certificate_for` it speaks TLS
    under that name, by an authority that is trusted for this test (its file is in `tmp_path`).
    """
    server = WebServer("https" if certificate_for else "http")
    if certificate_for:
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(certificate_for).configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        settings.WEB_CERTIFICATES = str(tmp_path / "authority.pem")
    allowed = settings.WEB_TEST_ENDPOINTS
    settings.WEB_TEST_ENDPOINTS = allowed | {("127.0.0.1", server.port)}
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    try:
        yield server
    finally:
        settings.WEB_TEST_ENDPOINTS = allowed
        server.stopping.set()
        server.shutdown()
        server.server_close()
