"""
The one way out to the web: whatever this project reads from another server comes through `fetch`.

People paste addresses here, so every address is hostile until checked. A name is resolved once,
all its addresses are checked, and the connection goes to a checked address, never to the name
again (so no DNS answer can change in between); TLS is still verified against the name. Every
redirect goes through the same gate. Nothing of ours goes along: no cookies, no credentials, no
proxies from the environment. And nothing that comes back is unbounded, in bytes or in time.
"""

import http.client
import ipaddress
import logging
import queue
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email.message import Message
from email.utils import parseaddr
from urllib.parse import urljoin

import certifi
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, parse_url

MAX_REDIRECTS = 5
MAX_ADDRESS_LENGTH = 2000
MAX_ADDRESSES = 4
CONNECT_TIMEOUT = 5
CHUNK = 64 * 1024
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}
# Addresses in which an IPv4 address travels in the last 32 bits, and is what is really reached.
NAT64 = [ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48")]

logger = logging.getLogger(__name__)


class NotReached(Exception):
    """
    Nothing usable came back. `str()` of it is a Dutch sentence for people, `detail` an English
    line for operators, and `reason` one of: address, private, name, connection, certificate,
    timeout, size, redirects, answer.
    """

    SENTENCES = {
        "address": "Dit is geen webadres dat we kunnen openen.",
        "private": "Dit adres is niet openbaar. We openen alleen adressen op het open internet.",
        "name": "We kunnen dit adres niet vinden. Staat er een typfout in?",
        "connection": "De site achter dit adres antwoordt nu niet.",
        "certificate": "De beveiligde verbinding van deze site klopt niet.",
        "timeout": "De site achter dit adres antwoordt te langzaam.",
        "size": "Wat achter dit adres staat, is te groot om te lezen.",
        "redirects": "Dit adres stuurt steeds door naar een ander adres.",
        "answer": "De site achter dit adres geeft een antwoord dat we niet kunnen lezen.",
    }

    def __init__(self, reason: str, detail: str):
        super().__init__(self.SENTENCES[reason])
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Reply:
    """What a server answered, whatever its status. `address` is where the redirects ended."""

    address: str
    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in any case
    content_type: str  # without parameters, in lower case; "" when the server named none
    body: bytes = field(repr=False)
    led_by: tuple[tuple[int, str], ...] = ()  # each redirect on the way: its status, where it led

    @property
    def charset(self) -> str:
        """The character set that the server names, or nothing."""
        message = Message()
        message["Content-Type"] = self.headers.get("content-type", "")
        return message.get_content_charset("")

    @property
    def text(self) -> str:
        """The body as text; bytes that do not fit the character set become a question mark."""
        try:
            return self.body.decode(self.charset or "utf-8", "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")


def fetch(
    address: str,
    *,
    accept: str = "",
    method: str = "GET",
    max_bytes: int | None = 2_000_000,
    timeout: float = 10,
    follow: bool = True,
) -> Reply:
    """
    Return what the public web answers at `address` (http or https), after at most five redirects;
    without `follow` the first answer, a redirect too.

    `method` is GET or HEAD. `max_bytes` counts after decompression, and with None no byte of the
    body is read; `timeout` is in seconds and for all of it: names, redirects and body. A status
    such as 404 is an answer, not an error.
    Raises NotReached for everything else, and has then written one line in the log.
    """
    if method not in ("GET", "HEAD"):
        raise ValueError(f"fetch() only reads, and {method} may do more.")
    deadline = time.monotonic() + timeout
    led_by = []
    try:
        for _ in range(MAX_REDIRECTS + 1):
            url = checked_url(address)
            reply = answer_at(url, accept, method, max_bytes, deadline)
            if not follow or reply.status not in REDIRECTS or "location" not in reply.headers:
                return replace(reply, led_by=tuple(led_by))
            address = urljoin(reply.address, reply.headers["location"].strip())
            led_by.append((reply.status, address))
        raise NotReached("redirects", f"More than {MAX_REDIRECTS} redirects, the last to {address}")
    except NotReached as exception:
        logger.info("Not fetched (%s): %.500s", exception.reason, printable(exception.detail))
        raise


def checked_url(address: str) -> Url:
    """Return `address` in parts, or raise NotReached when it is not one that may be opened."""
    if len(address) > MAX_ADDRESS_LENGTH:
        raise NotReached("address", f"An address of {len(address)} characters: {address[:100]}")
    try:
        url = parse_url(address)
        url.request_uri.encode("ascii")
    except (LocationParseError, UnicodeError, ValueError) as error:
        raise NotReached("address", f"Not an address: {address} ({error})") from error
    if url.scheme not in PORTS or not url.host or url.auth:
        raise NotReached("address", f"Not a plain http(s) address: {address}")
    return url._replace(fragment=None)


def answer_at(url: Url, accept: str, method: str, max_bytes: int | None, deadline: float) -> Reply:
    """Return what the server at `url` answers, without following where it points."""
    name, port = url.host.strip("[]"), url.port or PORTS[url.scheme]
    headers = {
        "Host": url.netloc,
        "User-Agent": user_agent(),
        "Accept": accept or "*/*",
        "Accept-Language": "nl, en;q=0.7",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    cut_off = threading.Event()
    try:
        with connected(url.scheme, name, port, deadline, cut_off) as connection:
            connection.request(
                method, url.request_uri, headers=headers, preload_content=False, decode_content=True
            )
            response = connection.getresponse()
            follows = response.status in REDIRECTS and "location" in response.headers
            has_no_body = follows or method == "HEAD" or max_bytes is None
            body = b"" if has_no_body else limited_body(response, max_bytes, url)
        if cut_off.is_set():
            raise NotReached("timeout", f"{url} took too long to send its answer")
    except ssl.SSLCertVerificationError as error:
        raise NotReached("certificate", f"Certificate of {url} refused: {error}") from error
    except TimeoutError as error:
        raise NotReached("timeout", f"No answer in time from {url}: {error}") from error
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        reason = "timeout" if cut_off.is_set() else reason_of(error)
        raise NotReached(reason, f"{type(error).__name__} from {url}: {error}") from error
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Reply(url.url, response.status, response.headers, content_type, body)


def reason_of(error: Exception) -> str:
    """Return which NotReached `error` of the network or of the HTTP library is."""
    kind = type(error).__name__
    if isinstance(error.__cause__, ssl.SSLCertVerificationError) or "Certificate" in kind:
        return "certificate"
    if "Timeout" in kind:
        return "timeout"
    return "connection" if isinstance(error, OSError) or "Connection" in kind else "answer"


def limited_body(response, max_bytes: int, url: Url) -> bytes:
    """Return the decompressed body; raise NotReached at the first byte too many."""
    too_large = NotReached("size", f"{url} sends more than {max_bytes} bytes")
    if (response.length_remaining or 0) > max_bytes:
        raise too_large
    body = bytearray()
    # Not stream(): that lets a server send a chunk header without end.
    while chunk := response.read(CHUNK, decode_content=True):
        body += chunk
        if len(body) > max_bytes:
            raise too_large
    return bytes(body)


@contextmanager
def connected(scheme: str, name: str, port: int, deadline: float, cut_off: threading.Event):
    """
    Give a connection to a checked address of `name`, and shut it at the deadline.

    A server that sends one byte now and then never meets a socket's own time-out, so the socket
    is shut from outside; `cut_off` is set when that was done.
    """
    connection = first_that_answers(scheme, name, port, deadline)
    sock = connection.sock

    def shut():
        cut_off.set()
        with suppress(OSError):  # it was closed just now
            sock.shutdown(socket.SHUT_RDWR)

    left = max(deadline - time.monotonic(), 0.001)
    sock.settimeout(left)
    watchdog = threading.Timer(left, shut)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield connection
    finally:
        watchdog.cancel()
        connection.close()
        sock.close()


def first_that_answers(scheme: str, name: str, port: int, deadline: float) -> HTTPConnection:
    """Return an open connection to the first of a few checked addresses of `name` that answers."""
    addresses = addresses_of(name, port, deadline)[:MAX_ADDRESSES]
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            raise NotReached("timeout", f"No time left to connect to {name}")
        connection = connection_to(scheme, address, port, name, min(left, CONNECT_TIMEOUT))
        try:
            connection.connect()
            return connection
        except (HTTPError, OSError, ValueError):
            connection.close()
            if address == addresses[-1]:
                raise
    raise NotReached("name", f"The name {name} has no address")


def connection_to(scheme: str, address: str, port: int, name: str, timeout: float):
    if scheme == "http":
        return HTTPConnection(address, port, timeout=timeout)
    return HTTPSConnection(
        address,
        port,
        timeout=timeout,
        server_hostname=name,
        assert_hostname=name,
        cert_reqs="CERT_REQUIRED",
        ca_certs=settings.WEB_CERTIFICATES or certifi.where(),
    )


def addresses_of(name: str, port: int, deadline: float) -> list[str]:
    """Return the IP addresses of `name`, IPv4 first, if it may be reached at every one of them."""
    found = resolved(name, port, deadline)
    for address in found:
        if (address, port) in settings.WEB_TEST_ENDPOINTS:
            continue
        if port not in PORTS.values():
            raise NotReached("address", f"Port {port} of {name} is not one of the web")
        if not is_public(address):
            raise NotReached("private", f"{name} leads to {address}, which is not public")
    return sorted(found, key=lambda address: ":" in address)


def resolved(name: str, port: int, deadline: float) -> list[str]:
    """Ask the system for the addresses of `name`, in a thread because that call has no time-out."""
    answers = queue.SimpleQueue()

    def ask():
        try:
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(entry[4][0] for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=max(deadline - time.monotonic(), 0.001))
    except queue.Empty:
        raise NotReached("timeout", f"The name {name} was not resolved in time") from None
    if isinstance(answer, Exception) or not answer:
        raise NotReached("name", f"The name {name} is not known: {answer}")
    return answer


def is_public(address: str) -> bool:
    """
    Say whether `address` is a machine on the open internet.

    An IPv6 address that carries an IPv4 address in it (mapped, 6to4, Teredo, NAT64) is as public
    as the one it carries.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if any(ip in network for network in NAT64):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
        if ip.is_site_local:  # of before 2004, and still routed inside some networks
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def user_agent() -> str:
    """Say who is asking and where to complain, as well-behaved robots do."""
    contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return f"Kennisplein/1.0 (+{settings.BASE_URL}; mailto:{contact})"


def printable(text: str) -> str:
    """Return `text` on one line, so that nobody can write a second line in the log."""
    return "".join(character if character.isprintable() else "?" for character in text)
