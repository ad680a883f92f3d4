"""Filling in Wagtail's page editor, as an editor does: open the form, change something, send it."""

from wagtail.test.utils.form_data import querydict_from_html


def opened(client, address: str) -> dict:
    """Open an editor and return what its form holds."""
    html = client.get(address).content.decode()
    return querydict_from_html(html, form_id="page-edit-form")


def send(client, address: str, action: str = "", **changes):
    """Change fields in an editor and send it: as a draft, or with action="action-publish"."""
    answers = opened(client, address)
    for name, value in changes.items():
        if isinstance(value, list):
            answers.setlist(name, value)
        else:
            answers[name] = value
    if action:
        answers[action] = action
    return client.post(address, answers)
