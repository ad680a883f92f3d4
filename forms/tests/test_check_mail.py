import re
import socket
from io import StringIO

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.core.management import CommandError, call_command

from forms.models import OutboxMail
from forms.tests.factories import contribute
from forms.tests.mail_server import Mailbox, free_port
from forms.tests.test_mail import body_of

pytestmark = pytest.mark.django_db


def check(**options) -> str:
    out = StringIO()
    call_command("check_mail", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def smtp(settings):
    """Settings for a real server that is not there yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_TIMEOUT = 1
    return settings


def test_good_server_is_said_to_be_good_and_nothing_is_sent(mailbox):
    said = check()

    assert re.match(r"Connected to 127\.0\.0\.1:\d+ \(no TLS, no login\)\.\n", said)
    assert mailbox == []


def test_test_mail_arrives(mailbox):
    said = check(to="beheer@voorbeeld.example")

    ((recipients, message),) = mailbox
    assert "Sent a test to beheer@voorbeeld.example" in said
    assert recipients == ["beheer@voorbeeld.example"]
    assert message["Subject"] == "Testmail van het Kennisplein"
    assert "dan komt onze mail aan" in body_of(message)


def test_outbox_is_told_and_left_alone(client, mailbox):
    contribute(client)
    OutboxMail.objects.filter(audience="redactie").update(attempts=3)

    said = check()

    assert said.endswith("In the outbox: 2 to go, of which 1 keep failing.\n")
    assert mailbox == []


def test_without_a_server_it_says_where_the_mail_is(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    said = check()

    assert "No mail leaves this machine: the backend is “filebased”." in said
    assert f"What would go out lies in {tmp_path}. Set EMAIL_URL to send." in said


def test_dead_server_is_explained(smtp):
    with pytest.raises(CommandError, match="nothing listens there: look at the host and port"):
        check()


def test_server_of_no_such_name_is_explained(smtp):
    smtp.EMAIL_HOST = "bestaat-niet.invalid"

    with pytest.raises(CommandError, match="there is no mail server of this name"):
        check()


def test_silent_server_is_explained(smtp):
    with (
        socket.create_server(("127.0.0.1", smtp.EMAIL_PORT)),
        pytest.raises(CommandError, match="it says nothing or hangs up"),
    ):
        check()


def test_wrong_password_is_explained(smtp):
    def nobody(server, session, envelope, mechanism, auth_data):
        return AuthResult(success=False, handled=False)

    controller = Controller(
        Mailbox(),
        hostname="127.0.0.1",
        port=smtp.EMAIL_PORT,
        authenticator=nobody,
        auth_require_tls=False,
    )
    smtp.EMAIL_HOST_USER, smtp.EMAIL_HOST_PASSWORD = "kennisplein", "geheim"
    controller.start()
    try:
        with pytest.raises(CommandError, match="does not accept the user and password") as told:
            check()
    finally:
        controller.stop()
    assert "geheim" not in str(told.value)


def test_server_without_tls_is_explained(mailbox, settings):
    settings.EMAIL_USE_TLS = True

    with pytest.raises(CommandError, match="no login or no STARTTLS on this port"):
        check()


def test_refused_test_mail_is_explained(mailbox):
    mailbox.answer = "550 Nee"

    with pytest.raises(CommandError, match=r"The test to x@voorbeeld\.example was not sent"):
        check(to="x@voorbeeld.example")


def test_wrong_address_is_explained(mailbox):
    with pytest.raises(CommandError, match=r"“geen adres” is not an e-mail address\."):
        check(to="geen adres")
