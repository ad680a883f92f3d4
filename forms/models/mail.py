"""
Outgoing mail, and the editors' own texts for it.

A row of OutboxMail is written in one transaction with its cause; the worker sends it.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import Textarea
from django.template.response import TemplateResponse
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.models import PreviewableMixin

from forms.mail_texts import (
    MAILS,
    PLACEHOLDERS,
    example_values,
    faults_in,
    fill,
    fill_subject,
    html_mail,
    mail_choices,
    standard_text,
)


class OutboxQuerySet(models.QuerySet):
    def due(self):
        """Mail that has yet to go and whose time has come, oldest first."""
        now = timezone.now()
        return self.undelivered().filter(given_up_at=None, next_attempt_at__lte=now).order_by("pk")

    def undelivered(self):
        """Mail that should go or should have gone; not what waits for a publication."""
        return self.filter(delivered_at=None, waits_for_publication=False)

    def failing(self):
        """Mail that somebody must look at: given up, or tried three times or more."""
        is_failing = models.Q(attempts__gte=3) | ~models.Q(given_up_at=None)
        return self.undelivered().filter(is_failing)


class OutboxMail(models.Model):
    """
    One mail: to the contributor of a case, to a writer or whoever wants to be one, or to the
    editors.

    The address is not here but read at the last moment, from Contact, the writer's account or the
    request to write; when that has been erased, so has the mail. The body is blanked after
    delivery, since it holds a link.
    """

    class Audience(models.TextChoices):
        CONTRIBUTOR = "inzender", "inzender"
        EDITORS = "redactie", "redactie"
        WRITER = "schrijver", "schrijver"

    # What the mail is about. One of these three.
    contribution = models.ForeignKey(
        "forms.Contribution",
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name="bijdrage",
        related_name="mails",
    )
    writer_request = models.ForeignKey(
        "forms.WriterRequest",
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name="aanvraag",
        related_name="mails",
    )
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name="schrijver",
        related_name="+",
    )
    audience = models.CharField("aan", max_length=10, choices=Audience)
    template = models.CharField("soort mail", max_length=30)
    subject = models.CharField("onderwerp", max_length=250)
    body = models.TextField("tekst", blank=True)
    # Made with the row and sent each time, so that a second delivery can be recognised as one.
    message_id = models.CharField(max_length=120, unique=True)
    queued_at = models.DateTimeField("klaargezet", default=timezone.now)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField("bezorgd", null=True, blank=True)
    last_error = models.CharField("laatste fout", max_length=250, blank=True)
    # The recipient's server keeps saying no: trying on helps nobody.
    given_up_at = models.DateTimeField("opgegeven", null=True, blank=True)
    waits_for_publication = models.BooleanField("wacht op publicatie", default=False)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "mail"
        verbose_name_plural = "mails"
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(delivered_at=None),
                name="outbox_due",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contribution=None, writer=None, writer_request__isnull=False)
                | models.Q(contribution=None, writer__isnull=False, writer_request=None)
                | models.Q(contribution__isnull=False, writer=None, writer_request=None),
                name="outbox_one_subject",
            )
        ]

    def __str__(self):
        return self.subject

    @property
    def delivery(self) -> str:
        """Return how it stands with this mail, in an editor's words."""
        if self.delivered_at:
            return "Niet verstuurd: geen adres" if self.last_error else "Verstuurd"
        if self.waits_for_publication:
            return "Gaat uit bij publicatie"
        if self.given_up_at:
            return "Geweigerd: we proberen het niet meer"
        if self.attempts:
            return f"Nog niet gelukt na {self.attempts} keer"
        return "Klaar om te versturen"

    @property
    def trouble(self) -> str:
        """Return what is wrong and what helps, in an editor's words; nothing when all is well."""
        if self.delivered_at or not self.last_error:
            return ""
        if self.given_up_at:
            return (
                "De mailserver van de ontvanger weigert deze mail. Misschien klopt het adres niet. "
                "Kijk of je de inzender op een andere manier kunt bereiken."
            )
        if self.last_error.startswith("SMTPAuthenticationError"):
            return "De mailserver kent onze naam of ons wachtwoord niet. Vraag de beheerder."
        return "De mailserver is niet te bereiken of wil nu niet. We proberen het vanzelf opnieuw."


class MailTextForm(WagtailAdminModelForm):
    """Starts from the text that is in use now, also when that is the standard one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["subject"], self.initial["body"] = self.instance.text_in_use()


class MailText(PreviewableMixin, models.Model):
    """
    The editors' own text of one kind of mail. Empty: the standard text, of which the file may
    still change. There is one row for each kind, made by `setup_site`.
    """

    template = models.CharField("mail", max_length=30, choices=mail_choices, unique=True)
    subject = models.CharField(
        "onderwerp",
        max_length=200,
        blank=True,
        help_text="Maak leeg om het standaardonderwerp terug te krijgen.",
    )
    body = models.TextField(
        "tekst", blank=True, help_text="Maak leeg om de standaardtekst terug te krijgen."
    )

    base_form_class = MailTextForm
    panels = [
        FieldPanel("template", read_only=True),
        HelpPanel(template="forms/admin/mail_fields.html"),
        FieldPanel("subject"),
        FieldPanel("body", widget=Textarea(attrs={"rows": 22})),
    ]

    class Meta:
        verbose_name = "mailtekst"
        verbose_name_plural = "mailteksten"
        ordering = ["pk"]

    def __str__(self):
        return MAILS[self.template].label if self.template in MAILS else self.template

    @classmethod
    def text_of(cls, template: str, *more_fields: str) -> tuple[str, str]:
        """Return (subject, body) with unfilled fields: the editors' own, or the standard ones."""
        own = cls.objects.filter(template=template).first() or cls(template=template)
        return own.text_in_use(*more_fields)

    def text_in_use(self, *more_fields: str) -> tuple[str, str]:
        subject, body = standard_text(self.template, *more_fields)
        return self.subject or subject, self.body or body

    @property
    def is_changed(self) -> bool:
        return bool(self.subject or self.body)

    @property
    def whose(self) -> str:
        return "Eigen tekst" if self.is_changed else "Standaardtekst"

    @property
    def fields_to_fill_in(self) -> list[dict]:
        """Return the fields that this mail may hold, as {"name", "what", "is_needed"}."""
        kind = MAILS[self.template]
        return [
            {"name": f"{{{name}}}", "what": what, "is_needed": name in kind.must}
            for name, what in PLACEHOLDERS.items()
            if name in kind.may
        ]

    def clean(self):
        """Refuse fields that cannot be filled in. A text like the standard one is not kept."""
        self.body = self.body.replace("\r\n", "\n").strip()
        if self.template not in MAILS:
            return
        faults = faults_in(self.template, *self.text_in_use())
        if faults:
            raise ValidationError(faults)
        subject, body = standard_text(self.template)
        self.subject = "" if self.subject == subject else self.subject
        self.body = "" if self.body == body else self.body

    preview_modes = [("html", "Opgemaakt"), ("tekst", "Alleen tekst")]

    def serve_preview(self, request, mode_name):
        subject, body = self.text_in_use()
        values = example_values()
        context = {
            "subject": fill_subject(subject, values),
            "body": fill(body, values),
            "is_html": mode_name != "tekst",
        }
        context["html"] = html_mail(context["subject"], context["body"], values["kenmerk"])
        return TemplateResponse(request, "forms/mail/preview.html", context)
