"""Signing in to the admin, in Dutch and with what a password manager wants to know."""

from wagtail.admin.forms.auth import LoginForm


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        password = self.fields["password"]
        password.label = "Wachtwoord"
        password.widget.attrs["autocomplete"] = "current-password"
