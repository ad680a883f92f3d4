"""A real mail server on this machine, for tests of what really goes over the line."""

import socket
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Mailbox(list):
    """What the server took in, as (recipients, message); `answer` is what it says to a mail."""

    answer = "250 OK"

    def __init__(self):
        super().__init__()
        self.refused = {}  # what it says to some recipients

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address not in self.refused:
            envelope.rcpt_tos.append(address)
        return self.refused.get(address, "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (a name of aiosmtpd)
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.append((envelope.rcpt_tos, message))
        return self.answer


@contextmanager
def mail_server(mailbox: Mailbox, settings):
    """Let all mail go to `mailbox`, over SMTP."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    controller.start()
    yield
    controller.stop()


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]
