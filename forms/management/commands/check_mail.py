import smtplib
import socket
import ssl
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from forms.mail_texts import html_mail
from forms.models import OutboxMail

SUBJECT = "Testmail van het Kennisplein"
TEXT = """Hoi,

Deze mail is een test. Lees je dit, dan komt onze mail aan.

Groet,
de redactie van Buurtwijs"""

# What goes wrong, and what helps. The first that fits.
CAUSES = [
    (socket.gaierror, "there is no mail server of this name: look at the host in EMAIL_URL"),
    (ConnectionRefusedError, "nothing listens there: look at the host and port in EMAIL_URL"),
    (ssl.SSLError, "no secure connection: is it smtp+ssl://, and the certificate of this host?"),
    (TimeoutError, "no answer in time: a firewall, or the wrong port in EMAIL_URL"),
    (smtplib.SMTPAuthenticationError, "the server does not accept the user and password"),
    (smtplib.SMTPNotSupportedError, "the server has no login or no STARTTLS on this port"),
    (smtplib.SMTPServerDisconnected, "it says nothing or hangs up: try smtp+ssl:// and port 465"),
    (smtplib.SMTPSenderRefused, "the server does not let us send as DEFAULT_FROM_EMAIL"),
    (smtplib.SMTPRecipientsRefused, "the server does not take mail for this address"),
    (smtplib.SMTPException, "the server refuses"),
    (OSError, "no connection"),
]


class Command(BaseCommand):
    help = (
        "Try the mail server: connect, log in, and with --to send a test. Says in one line what is "
        "wrong and what helps; then the exit status is 1. Changes nothing in the outbox."
    )

    def add_arguments(self, parser):
        parser.add_argument("--to", metavar="ADDRESS", help="Send a test mail to this address.")

    def handle(self, *, to, **options):
        if to:
            check_address(to)
        connection = get_connection()
        if not hasattr(connection, "host"):
            backend = settings.EMAIL_BACKEND.rsplit(".", 2)[-2]
            self.stdout.write(f"No mail leaves this machine: the backend is “{backend}”.")
            folder = getattr(settings, "EMAIL_FILE_PATH", "")
            if backend == "filebased":
                self.stdout.write(f"What would go out lies in {folder}. Set EMAIL_URL to send.")
        else:
            self.try_server(connection)
        if to:
            self.send_test(connection, to)
        failing = OutboxMail.objects.failing().count()
        waiting = OutboxMail.objects.undelivered().count()
        self.stdout.write(f"In the outbox: {waiting} to go, of which {failing} keep failing.")

    def try_server(self, connection):
        server = f"{connection.host}:{connection.port}"
        with explained(f"Cannot reach {server}"):
            connection.open()
        secure = "SSL" if connection.use_ssl else "STARTTLS" if connection.use_tls else "no TLS"
        login = f"logged in as {connection.username}" if connection.username else "no login"
        self.stdout.write(f"Connected to {server} ({secure}, {login}).")
        connection.close()

    def send_test(self, connection, to):
        message = EmailMultiAlternatives(SUBJECT, TEXT, to=[to], connection=connection)
        message.attach_alternative(html_mail(SUBJECT, TEXT), "text/html")
        with explained(f"The test to {to} was not sent"):
            message.send()
        self.stdout.write(f"Sent a test to {to}, from {settings.DEFAULT_FROM_EMAIL}.")


def check_address(to: str) -> None:
    try:
        validate_email(to)
    except ValidationError as error:
        raise CommandError(f"“{to}” is not an e-mail address.") from error


@contextmanager
def explained(what: str):
    """Turn what goes wrong inside into one line that says what helps."""
    try:
        yield
    except tuple(cause for cause, _ in CAUSES) as error:
        advice = next(advice for cause, advice in CAUSES if isinstance(error, cause))
        raise CommandError(f"{what}: {advice}. ({error})") from error
