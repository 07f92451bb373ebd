"""One Chromium for all tests of the page; where there is none they are skipped, and say so.

``browser`` is Playwright's browser; ``open_page`` opens the page on a server of its own and fails the test
for whatever the page complains of in its console.
"""

import os
import shutil
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from playground.core import Session
from playground.server import Server

PATIENCE_MS = 120_000
"""How long a page is waited for: a machine may be busy with ten other things."""


@contextmanager
def serving(server: Server) -> Generator[Server]:
    """The server, answering in a thread of its own."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server() -> Generator[Server]:
    """A server of the page, with a session of its own."""
    with serving(Server(Session())) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Generator[Any]:
    """Playwright's browser, started once: Chromium from ``$CHROMIUM`` or the PATH."""
    # No extra of chainrule installs it: it is large, and brings a Node of its own.
    playwright_api = pytest.importorskip(
        "playwright.sync_api", reason="no Playwright here: python -m pip install playwright"
    )
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium here: apt-get install chromium, or name one in $CHROMIUM")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def watched_page(context: Any) -> Any:
    """A new page, which notes in ``page.complaints`` what it complains of."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.complaints = []
    page.on("console", lambda told: told.type == "error" and page.complaints.append(told.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


@pytest.fixture(scope="session")
def usual_page(browser: Any) -> Any:
    """The page of all tests that ask for nothing special: to make one takes longer than to load it."""
    return watched_page(browser.new_context(viewport={"width": 1280, "height": 800}))


@pytest.fixture
def open_page(browser: Any, usual_page: Any) -> Generator[Callable[..., Any]]:
    """Opens the page: ``open_page("tab=training", session=None, ready=True, **options of the context)``.

    The first argument joins the address's fragment. Each call has a server, a session and an address of its
    own; with options it has a page of its own, too. What the page writes to its console as an error, or
    throws, fails the test when it ends; a test that expects one empties ``page.complaints``.
    """
    with ExitStack() as stack:
        pages = []

        def opened(
            fragment: str = "", session: Session | None = None, ready: bool = True, **options: Any
        ) -> Any:
            server = stack.enter_context(serving(Server(session or Session())))
            page = usual_page
            if options:
                context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
                stack.callback(context.close)
                page = watched_page(context)
            page.server = server
            pages.append(page)
            page.goto(server.address + (f"&{fragment}" if fragment else ""))
            if ready:
                page.wait_for_selector("html[data-ready]")
            return page

        yield opened
        complaints = [complaint for page in pages for complaint in page.complaints]
        usual_page.goto("about:blank")  # before its server goes
        usual_page.complaints.clear()
    assert complaints == []
