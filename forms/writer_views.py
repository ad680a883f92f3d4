"""The page where somebody asks to write for the Kennisplein as a regular."""

from django import forms
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from forms.limits import refuse_for_now, seconds_to_wait
from forms.writers import ask_to_write

TOO_MANY = "Er is net heel veel aangevraagd. Probeer het over een uur opnieuw."


class WriteAlongForm(forms.Form):
    naam = forms.CharField(
        label="Je naam",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Vul je naam in."},
    )
    email = forms.EmailField(
        label="Je e-mailadres",
        max_length=150,  # it becomes the name to log in with
        help_text="Hier sturen we je de link om te beginnen.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Vul je e-mailadres in.",
            "invalid": "Vul een e-mailadres in, zoals naam@voorbeeld.nl.",
        },
    )
    waarover = forms.CharField(
        label="Waar wil je over schrijven?",
        max_length=2000,
        help_text="Een paar zinnen is genoeg. Vertel ook hoe je dat onderwerp kent.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Schrijf in een paar zinnen waar je over wilt schrijven."},
    )
    # A trap for programs: people do not see this question.
    website = forms.CharField(label="Laat dit veld leeg", required=False)

    use_required_attribute = False


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def write_along(request):
    """Ask to become a writer. The same answer for every address, known or not."""
    form = WriteAlongForm(request.POST if request.method == "POST" else None)
    wait = 0
    if form.is_valid():
        answers = form.cleaned_data
        wait = seconds_to_wait(request, email=answers["email"], purpose="meeschrijven")
        if not wait:
            if not answers["website"]:
                ask_to_write(answers["naam"], answers["email"], answers["waarover"])
            return redirect("write_along_asked")
        form.add_error(None, TOO_MANY)
    response = TemplateResponse(request, "forms/write_along.html", {"form": form})
    response["Cache-Control"] = "no-store"
    return refuse_for_now(response, wait) if wait else response


@require_safe
def write_along_asked(request):
    response = TemplateResponse(request, "forms/write_along_asked.html")
    response["X-Robots-Tag"] = "noindex"
    return response
