"""What the worker finds out when a contribution arrives: does its address answer, how it looks."""

from django.utils import timezone
from django_tasks import task

from forms.models import AddressCheck, Contribution, DocumentPreview
from publications.documents import read_document
from publications.models import LibraryDocument
from publications.web import NotReached, fetch

SECONDS = 15
MAX_BYTES = 200_000


def look_into(contribution: Contribution, *, anew: bool = False) -> None:
    """
    Have the worker check the address and draw the first page of the file, where there is one.

    What was found before is not asked for again, unless `anew`.
    """
    draft = Contribution.objects.get(pk=contribution.pk).draft()  # as it is now
    address = getattr(draft, "source_url", "")
    known = AddressCheck.objects.filter(contribution=contribution, address=address)
    if address and (anew or not known.exists()):
        waiting = {"address": address, "asked_at": timezone.now(), "checked_at": None}
        AddressCheck.objects.update_or_create(contribution=contribution, defaults=waiting)
        check_address.enqueue(contribution.pk)
    document = getattr(draft, "document", None)
    if document and not DocumentPreview.objects.filter(document=document).exists():
        draw_preview.enqueue(document.pk)


@task(backend="background")
def check_address(contribution_id: int) -> None:
    """Note whether the address of a contribution answers. Safe to run again, or after it went."""
    check = AddressCheck.objects.filter(pk=contribution_id).first()
    if check is None:
        return
    has_answered, message = answer_of(check.address)
    AddressCheck.objects.filter(pk=contribution_id, address=check.address).update(
        has_answered=has_answered, message=message[:250], checked_at=timezone.now()
    )


def answer_of(address: str) -> tuple[bool, str]:
    """
    Return whether `address` answers, and what to tell an editor about it.

    Asks for the headers first; a server that does not know that question is asked for the page.
    """
    status = 0
    for method in ("HEAD", "GET"):
        try:
            reply = fetch(address, method=method, max_bytes=MAX_BYTES, timeout=SECONDS)
        except NotReached as error:
            if error.reason == "size":  # it answers, with a large file
                return True, "De link werkt."
            if method == "GET" or error.reason not in ("answer", "connection", "timeout"):
                return False, str(error)
            continue
        status = reply.status
        if status < 400:
            return True, "De link werkt."
    if status in (401, 403, 429, 451):
        return False, "De site laat ons niet binnen. Open de link zelf om te zien of hij werkt."
    if status in (404, 410):
        return False, "De pagina achter deze link bestaat niet."
    return False, f"De site geeft een fout (code {status})."


@task(backend="background")
def draw_preview(document_id: int) -> None:
    """Keep the first page of a document for the editors. Safe to run again, or after it went."""
    document = LibraryDocument.objects.filter(pk=document_id).first()
    if document is None or document.file_extension.lower() != "pdf":
        return
    cover = read_document(document.file.path).cover
    if cover and LibraryDocument.objects.filter(pk=document_id).exists():
        DocumentPreview.objects.update_or_create(document=document, defaults={"png": cover})
