"""The files of the library: documents, private until a live page shows them, and images."""

import hashlib

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import models
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from django.utils.crypto import get_random_string
from wagtail.api import APIField
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import CollectionViewRestriction

from publications.documents import DocumentFault, check_document


class RightToShare(models.TextChoices):
    OWN = "eigen", "Ik (of mijn organisatie) heb het gemaakt"
    LICENCE = "licentie", "Een open licentie staat het toe"
    PUBLIC_DOMAIN = "publiek", "Het is van de overheid of vrij van auteursrecht"
    NONE = "geen", "Er is geen recht om het te delen"


class Accessible(models.TextChoices):
    YES = "ja", "ja"
    NO = "nee", "nee"
    UNKNOWN = "onbekend", "onbekend"


def private_storage():
    return storages["private"]


DOCUMENTS_FOLDER = "documents"


def unguessable_path(document, filename) -> str:
    """Keep the name that people see and put it in a folder that nobody can guess."""
    return f"{DOCUMENTS_FOLDER}/{get_random_string(24)}/{filename}"


class LibraryDocumentQuerySet(DocumentQuerySet):
    def released(self):
        """
        Documents that a live page shows to everyone and no private collection holds.

        Computed, never stored: unpublishing, deleting or replacing takes back by itself what
        publishing released.
        """
        from_live_pages = self.model.publications.rel.related_model.objects.live().public()
        shown = from_live_pages.filter(document__isnull=False).values("document")
        path = ExpressionWrapper(OuterRef("collection__path"), output_field=CharField())
        private = CollectionViewRestriction.objects.alias(inside=path).filter(
            inside__startswith=F("collection__path")
        )
        return (
            self.filter(pk__in=shown)
            .exclude(right_to_share=RightToShare.NONE)
            .exclude(Exists(private))
        )


class LibraryDocument(AbstractDocument):
    """A file of a publication: outside MEDIA_ROOT, it leaves through Wagtail's view only."""

    file = models.FileField(
        "bestand", upload_to=unguessable_path, storage=private_storage, max_length=255
    )
    right_to_share = models.CharField(
        "recht om te delen", max_length=10, choices=RightToShare, default=RightToShare.NONE
    )
    accessible = models.CharField(
        "toegankelijk", max_length=10, choices=Accessible, default=Accessible.UNKNOWN
    )
    fingerprint = models.CharField("vingerafdruk", max_length=64, blank=True, editable=False)
    warnings = ArrayField(
        models.CharField(max_length=40), verbose_name="let op", default=list, editable=False
    )
    page_count = models.PositiveIntegerField("bladzijden", null=True, editable=False)
    page_texts = ArrayField(
        models.TextField(), verbose_name="tekst per bladzijde", default=list, editable=False
    )
    read_at = models.DateTimeField("gelezen op", null=True, editable=False)

    objects = LibraryDocumentQuerySet.as_manager()

    admin_form_fields = ("title", "file", "collection", "tags", "right_to_share", "accessible")

    class Meta(AbstractDocument.Meta):
        verbose_name = "document"
        verbose_name_plural = "documenten"
        permissions = [("choose_document", "Can choose document")]

    def clean(self):
        super().clean()
        if self.file and not self.file._committed:
            try:
                check_document(self.file.file, self.file.name)
            except DocumentFault as fault:
                raise ValidationError({"file": str(fault)}) from fault

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            self._set_document_file_metadata()
            self.fingerprint = hashlib.file_digest(self.file.file, "sha256").hexdigest()
            self.file.seek(0)
            # What was read from an earlier file says nothing about this one.
            self.warnings, self.page_count, self.page_texts, self.read_at = [], None, [], None
            CreditedImage.objects.filter(drawn_from=self.pk).exclude(drawn_from=None).delete()
        super().save(*args, **kwargs)

    def is_released(self) -> bool:
        """Tell whether everyone may read this document now."""
        return type(self).objects.released().filter(pk=self.pk).exists()


class CreditedImage(AbstractImage):
    """A picture with its maker. A picture without a meaning of its own is marked decorative."""

    credit = models.CharField("maker", max_length=200, blank=True, help_text="Foto: Jo Jansen")
    is_decorative = models.BooleanField(
        "decoratief", default=False, help_text="De afbeelding voegt niets toe aan de tekst."
    )
    drawn_from = models.OneToOneField(
        LibraryDocument,
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="drawn_cover",
        verbose_name="omslag van",
    )

    admin_form_fields = (*Image.admin_form_fields, "credit", "is_decorative")
    api_fields = [APIField("description"), APIField("credit"), APIField("is_decorative")]

    class Meta(AbstractImage.Meta):
        verbose_name = "afbeelding"
        verbose_name_plural = "afbeeldingen"
        permissions = [("choose_image", "Can choose image")]

    def clean(self):
        super().clean()
        if not self.description and not self.is_decorative:
            raise ValidationError(
                {"description": "Beschrijf de afbeelding in één zin, of kies ‘decoratief’."}
            )

    @property
    def default_alt_text(self):
        return "" if self.is_decorative else self.description


class CreditedRendition(AbstractRendition):
    """A size of a picture, in whole pixels: those of an SVG come with a fraction."""

    image = models.ForeignKey(CreditedImage, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter"
            )
        ]

    def save(self, *args, **kwargs):
        self.width, self.height = int(self.width), int(self.height)
        super().save(*args, **kwargs)
        # Saving the file measures it again.
        self.width, self.height = int(self.width), int(self.height)
