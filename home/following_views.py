"""The pages where somebody starts and stops following a list by mail."""

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from forms.limits import refuse_for_now, seconds_to_wait
from home.feeds import LISTS, SEARCH_PATH, list_of
from home.following import ask_to_follow, confirm, stop
from home.models import Rhythm, Subscription
from publications.paging import page_at

TOO_MANY = "Er is net heel veel aangevraagd. Probeer het over een uur opnieuw."
MAX_QUERY_LENGTH = Subscription._meta.get_field("query").max_length
READ_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


class FollowForm(forms.Form):
    email = forms.EmailField(
        label="Je e-mailadres",
        max_length=254,
        help_text="Alleen voor deze mail. Je krijgt eerst een mail om het te bevestigen.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Vul je e-mailadres in.",
            "invalid": "Vul een e-mailadres in, zoals naam@voorbeeld.nl.",
        },
    )
    ritme = forms.ChoiceField(
        label="Hoe vaak wil je bericht?",
        choices=Rhythm.choices,
        initial=Rhythm.WEEK,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Kies hoe vaak je bericht wilt.",
            "invalid_choice": "Kies elke week of elke maand.",
        },
    )
    # A trap for programs: people do not see this question.
    website = forms.CharField(label="Laat dit veld leeg", required=False)

    use_required_attribute = False


def private(view):
    """Not kept by caches, nor found by robots."""

    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped


@private
@READ_AND_POST
def follow(request, path=SEARCH_PATH):
    """Ask where to mail what is new on the list at `path`. The same answer for every address."""
    path = path.rstrip("/") + "/"
    page = None if path == SEARCH_PATH else page_at(request, path)
    if path != SEARCH_PATH and type(page) not in LISTS:
        raise Http404("There is no list here that everyone may see.")
    followed = list_of(page, SEARCH_PATH, request.GET)
    query = followed.query.address() if followed.query.is_narrowed else ""
    form = FollowForm(request.POST if request.method == "POST" else None)
    if form.is_bound and len(query) > MAX_QUERY_LENGTH:
        form.add_error(None, "Deze zoekvraag is te lang om te volgen.")
    wait = 0
    if form.is_valid():
        email = form.cleaned_data["email"]
        wait = seconds_to_wait(request, email=email, purpose="volgen")
        if not wait:
            if not form.cleaned_data["website"]:
                ask_to_follow(email, page, query, form.cleaned_data["ritme"])
            return redirect("follow_asked")
        form.add_error(None, TOO_MANY)
    response = render(request, "home/follow.html", {"form": form, "list": followed})
    return refuse_for_now(response, wait) if wait else response


@private
@require_safe
def follow_asked(request):
    context = {
        "title": "Kijk in je mail",
        "lead": "We hebben je een mail gestuurd. Klik op de link daarin. Dan volg je de lijst.",
    }
    return render(request, "home/follow_done.html", context)


@private
@READ_AND_POST
def confirm_following(request, token):
    """Opening the link changes nothing, since mail programs open links too; the button does."""
    if request.method != "POST":
        context = {
            "title": "Wil je deze lijst volgen?",
            "lead": "Klik op de knop. Dan krijg je mail zodra er iets nieuws is.",
            "button": "Ja, ik wil dit volgen",
        }
        return render(request, "home/follow_done.html", context)
    found = confirm(token)
    if found is None:
        context = {
            "title": "Deze link werkt niet meer",
            "lead": "Misschien is hij verlopen. Vraag het gerust opnieuw aan.",
        }
        return render(request, "home/follow_done.html", context, status=404)
    context = {
        "title": "Je volgt deze lijst",
        "lead": f"Je krijgt {found.get_rhythm_display()} mail, alleen als er iets nieuws is. "
        "Stoppen kan in elke mail, met één klik.",
    }
    return render(request, "home/follow_done.html", context)


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the link itself is the secret
@private
@READ_AND_POST
def stop_following(request, token):
    """Stop, when the button is pressed or a mail program asks. Then the address is erased."""
    if request.method == "POST":
        if not stop(token):
            raise Http404("This is no link of ours.")
        context = {
            "title": "Je bent afgemeld",
            "lead": "Je krijgt hier geen mail meer over. Je e-mailadres hebben we gewist.",
        }
    else:
        context = {
            "title": "Wil je stoppen met volgen?",
            "lead": "Klik op de knop. Dan krijg je geen mail meer over deze lijst.",
            "button": "Ja, stop met mailen",
        }
    return render(request, "home/follow_done.html", context)
