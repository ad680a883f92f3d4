"""The pages of the small forms, and the page that ends the yearly mail."""

from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from forms.confirmation import doubts_about
from forms.contributions import submit_for_review
from forms.limits import TOO_MANY, refuse_for_now, seconds_to_wait
from forms.mail import STOP_SALT
from forms.models import Contact, ContributionFormPage
from forms.small_forms import CorrectionForm, PracticeForm, QuestionForm
from forms.views import kept_as
from publications.models import PublicationPage
from stories.models import QuestionIndexPage

form_view = require_http_methods(["GET", "HEAD", "POST"])


@csrf_protect
@form_view
def correction(request, pk):
    return small_form(request, CorrectionForm, about=public_publication(pk))


@csrf_protect
@form_view
def practice(request, pk):
    return small_form(request, PracticeForm, about=public_publication(pk))


@csrf_protect
@form_view
def question(request):
    """Ask a question. `?vraag=` holds the words that were searched for in vain."""
    if not QuestionIndexPage.objects.live().public().exists():
        raise Http404("There is no page for questions.")
    words = request.GET.get("vraag", "").replace("\x00", "").strip()[:255]
    return small_form(request, QuestionForm, initial={"vraag": words})


def public_publication(pk) -> PublicationPage:
    """Return a publication that everyone may see, or raise Http404."""
    return get_object_or_404(PublicationPage.objects.live().public(), pk=pk)


def small_form(request, form_class, *, about=None, initial=None):
    """Show a small form; a POST takes it in and leads to its status page."""
    page = ContributionFormPage.objects.first()
    if page is None:
        raise Http404("There is no form page for contributions to belong to.")
    data = request.POST if request.method == "POST" else None
    form = form_class(data, page=page, about=about, initial=initial)
    wait = 0
    if form.is_valid():
        email = form.cleaned_data["email"]
        wait = seconds_to_wait(request, email=email)
        if not wait:
            token = submit_for_review(page, form, doubts=doubts_about(form, request))
            return redirect("contribution_status", token=token)
        form.add_error(None, TOO_MANY)
    context = {"form": form, "about": about, "form_page": page}
    context["keep"] = kept_as(form.door, about)
    response = TemplateResponse(request, "forms/small_form.html", context)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return refuse_for_now(response, wait) if wait else response


# Mail programs press the button themselves, without a cookie (RFC 8058); the link says it all.
@csrf_exempt
@form_view
def stop_yearly_mail(request, token):
    """Ask whether the yearly mail must stop; a POST ends it. A second time does no harm."""
    try:
        contribution_id = signing.loads(token, salt=STOP_SALT)
    except signing.BadSignature as error:
        raise Http404("Not a link of ours.") from error
    is_stopped = request.method == "POST"
    if is_stopped:
        Contact.objects.filter(contribution=contribution_id).update(wants_use_mail=False)
    context = {"is_stopped": is_stopped}
    response = TemplateResponse(request, "forms/stop_yearly_mail.html", context)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
