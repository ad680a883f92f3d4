"""A browser for tests that remembers what went wrong: console, failed requests, other hosts."""

import os
import shutil
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

CHROMIUM = next(
    (
        path
        for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
        if name and (path := shutil.which(name))
    ),
    None,  # the one that Playwright installed
)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
MODES = [(width, scheme) for width in (320, 1280) for scheme in ("light", "dark")]


@contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def new_tab(browser, base_url: str, **options) -> Page:
    """Open a tab of somebody who was never here. `tab.faults` tells what went wrong in it."""
    context = browser.new_context(base_url=base_url, reduced_motion="reduce", **options)
    tab = context.new_page()
    tab.faults = []
    tab.on("console", lambda message: tab.faults.append(f"console: {message.text}"))
    tab.on("pageerror", lambda error: tab.faults.append(f"error: {error}"))
    # What is called off because somebody typed or went on is no fault.
    tab.on(
        "requestfailed",
        lambda r: r.failure != "net::ERR_ABORTED" and tab.faults.append(f"failed: {r.url}"),
    )
    tab.on(
        "request",
        lambda r: (
            not r.url.startswith((base_url, "data:", "blob:"))
            and tab.faults.append(f"elsewhere: {r.url}")
        ),
    )
    return tab


def accessibility_faults(tab, context: str | None = None) -> list[str]:
    """Return what axe finds on the page, or in one part, and whether it scrolls sideways."""
    answer = Axe().run(tab, context=context).response["violations"]
    faults = [f"{fault['id']}: {node['html'][:200]}" for fault in answer for node in fault["nodes"]]
    if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append("scrolls sideways")
    return faults
