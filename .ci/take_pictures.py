"""Make the pictures of docs/ anew: ``python .ci/take_pictures.py``.

Those that README and tutorial draw are drawn by running them; those of the page are taken from the page
itself, in Chromium by Playwright, as the browser tests do.
"""

import contextlib
import doctest
import json
import shutil
import tempfile
import threading
from pathlib import Path
from urllib.parse import quote

from playground.core import Session
from playground.server import Server
from viz.__main__ import main as main_of_viz

DOCS = Path(__file__).resolve().parent.parent / "docs"
SIZE = {"width": 1400, "height": 860}
STATE = {"config": {"data": "xor", "noise": 0.1}}


def draw() -> None:
    """Run the formula of the README and the blocks of the tutorial, and keep the pictures they write."""
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        main_of_viz(["tanh(w*x + b)", "w=0.5", "x=2", "b=-0.3", "-o", "out/graph.svg"])
        text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
        test = doctest.DocTestParser().get_doctest(text.replace("```", ""), {}, "tutorial", None, None)
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=lambda said: None)
        for picture in Path("out").glob("*.svg"):
            shutil.copy(picture, DOCS / picture.name)


def main() -> None:
    from playwright.sync_api import sync_playwright

    draw()
    with Server(Session()) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
        page.goto(f"{server.address}&tab=backward")
        page.get_by_role("button", name="One neuron").click()
        page.locator(".bw svg.graph .box").first.wait_for()
        page.locator("svg.graph .box", has_text="w1").click()
        for _ in range(7):
            page.get_by_role("button", name="Step (→)").click()
        page.mouse.move(0, 0)
        page.wait_for_timeout(800)
        page.screenshot(path=DOCS / "page_backward.png")
        page.goto("about:blank")
        page.goto(f"{server.address}&tab=training&training={quote(json.dumps(STATE))}")
        page.get_by_role("button", name="Play", exact=True).click()
        page.wait_for_timeout(6000)
        page.get_by_role("button", name="Pause", exact=True).click()
        page.wait_for_timeout(500)
        page.screenshot(path=DOCS / "page_training.png")
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
