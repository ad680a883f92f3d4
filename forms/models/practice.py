"""Seen in practice: where somebody used a publication, and what became of that as a lead."""

from django.db import models

from .contribution import Contribution, Kind, Outcome


class PracticeUseQuerySet(models.QuerySet):
    def accepted(self):
        """Uses that count in public."""
        return self.filter(
            contribution__outcome=Outcome.PUBLISHED,
            contribution__withdrawn_at=None,
            contribution__spam_at=None,
        )

    def leads(self):
        """Accepted uses of which the editors may ask more, as long as we have the address."""
        return self.accepted().filter(contribution__contact__email__contains="@")


class PracticeUse(models.Model):
    """
    What a visitor told about using a publication. Public are the number of them, and `quote`.

    The name beside a quote is that of Contact, so it goes when the contact is erased.
    """

    class Lead(models.TextChoices):
        OPEN = "", "open"
        STORY = "verhaal", "verhaal gemaakt"
        CLOSED = "afgehandeld", "afgehandeld"

    contribution = models.OneToOneField(
        Contribution, models.CASCADE, primary_key=True, related_name="practice_use"
    )
    text = models.TextField("waar en hoe")
    place = models.CharField("plaats", max_length=100, blank=True)
    show_name = models.BooleanField("naam bij het citaat", default=False)
    quote = models.TextField("citaat", blank=True)
    lead = models.CharField("aanknopingspunt", max_length=15, choices=Lead, blank=True)

    objects = PracticeUseQuerySet.as_manager()

    class Meta:
        verbose_name = "gebruik in de praktijk"
        verbose_name_plural = "gebruik in de praktijk"

    def __str__(self):
        return str(self.contribution)

    @classmethod
    def take_in(cls, contribution: Contribution, answers: dict) -> None:
        """
        Keep what was sent last, ready for an editor's decision.

        Other words than before take the quote away: nobody may be quoted with what they took back.
        """
        if contribution.kind == Kind.PRACTICE:
            facts = {
                "text": answers["gebruik"],
                "place": answers["plaats"],
                "show_name": answers["naam_tonen"],
            }
            if cls.objects.filter(contribution=contribution).exclude(text=facts["text"]).exists():
                facts["quote"] = ""
            cls.objects.update_or_create(contribution=contribution, defaults=facts)

    @property
    def quoted(self) -> str:
        """Who says it and where, as far as that may be told: “Fenna de Boer, Waterveld”."""
        contact = getattr(self.contribution, "contact", None) if self.show_name else None
        return ", ".join(part for part in (contact and contact.name, self.place) if part)

    @property
    def is_lead(self) -> bool:
        return PracticeUse.objects.leads().filter(pk=self.pk).exists()
