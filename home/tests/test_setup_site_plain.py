from django.contrib.auth.models import Group, User
from django.core.management import call_command
from wagtail.models import Page, Site

from home.models import HomePage
from publications.models import PublicationPage


def test_plain_run_makes_no_examples_and_keeps_stock_groups_in_use(db, settings):
    settings.BASE_URL = "https://kennisplein.example"
    User.objects.create_user("ada").groups.add(Group.objects.get(name="Editors"))

    call_command("setup_site", verbosity=0)

    assert not PublicationPage.objects.filter(is_example=True).exists()
    assert {group.name for group in Group.objects.all()} == {"Editors", "Redactie", "Schrijvers"}
    site = Site.objects.get()
    assert (site.root_url, site.root_page.specific) == (settings.BASE_URL, HomePage.objects.get())
    assert not Page.objects.filter(title__startswith="Welcome").exists()

    settings.BASE_URL = "https://elders.example"
    call_command("setup_site", verbosity=0)
    assert Site.objects.get().root_url == settings.BASE_URL

    Site.objects.update(hostname="zelf.example")
    call_command("setup_site", verbosity=0)
    assert Site.objects.get().root_url == "https://zelf.example"
