"""How fast the page is, in a headless Chromium: on the local server and without one, in the tab.

    python -m benchmarks.page                 both carriers; needs Playwright, Chromium and Pyodide's files
    python -m benchmarks.page --carrier server

Per carrier: pictures and training steps a second with heat maps in 19 places; the time for a click on a
node of 2,000; the time from a click on "Draw" until a graph of 70,000 nodes stands there, folded, and until
its backward pass can be stepped through. A headless Chromium draws by software and shares the cores with the
engine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playground.build.pyodide import pyodide_files
from playground.build.site import build_site
from playground.core import Session
from playground.server import Server

PROGRAM = """import nn
from engine import Value

model = nn.MLP(2, [16, 16, 1], rng=0)
loss = Value(0.0)
for i in range({samples}):
    loss = loss + model([i / {samples}, 1.0 - i / {samples}]) ** 2
loss
"""

TRAINING = {
    "config": {
        "data": "spiral",
        "count": 400,
        "hidden": [{"neurons": 8, "activation": "tanh", "dropout": 0}] * 2,
        "optimizer": "Adam",
        "settings": {"lr": 0.02},
    },
    "view": {"speed": "fast"},
}

COUNT = """async (seconds) => {
    const status = document.querySelector("#panel-training .status");
    const step = () => Number(status.textContent.match(/step ([\\d,]+)/)[1].replaceAll(",", ""));
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    document.querySelector("#panel-training .play").click();
    await pause(2000);
    let pictures = 0;
    const watch = new MutationObserver(() => pictures++);
    watch.observe(status, { childList: true, characterData: true, subtree: true });
    const first = step(), began = performance.now();
    await pause(seconds * 1000);
    const took = (performance.now() - began) / 1000;
    return { pictures: pictures / took, steps: (step() - first) / took };
}"""

OPEN = """async ([op, args]) => {
    const began = performance.now();
    const answer = await chainrule.running.call(op, args);
    const ms = performance.now() - began;
    return { nodes: answer.nodes, boxes: answer.view?.boxes.length, error: answer.error, ms };
}"""

CLICK = """async (node) => {
    const began = performance.now();
    await Promise.all(["backward_node", "backward_paths"].map((op) => chainrule.running.call(op, { node })));
    return performance.now() - began;
}"""

DRAW = """async () => {
    const live = document.getElementById("live");
    live.textContent = "";
    const began = performance.now();
    const buttons = [...document.querySelectorAll("#panel-backward button")];
    buttons.find((each) => each.textContent === "Draw").click();
    const told = async (words) => {
        while (!words.test(live.textContent)) await new Promise(requestAnimationFrame);
        return performance.now() - began;
    };
    return { drawn: await told(/nodes,/), swept: await told(/steps/) };
}"""

Opener = Callable[[str, str], Any]


class Quiet(SimpleHTTPRequestHandler):
    """A web server that logs nothing."""

    def log_message(self, *about: Any) -> None:
        pass


@contextmanager
def listening(server: Any) -> Generator[Any]:
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def address(carrier: str, program: str, folder: Path) -> Generator[str]:
    """Where the page is, up to the fragment's first part."""
    if carrier == "server":
        file = folder / "program.py"
        file.write_text(program, encoding="utf-8")
        with listening(Server(Session(file))) as server:
            yield f"{server.address}&"
    else:
        handler = partial(Quiet, directory=folder / "site")
        with listening(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
            yield f"http://127.0.0.1:{server.server_port}/#"


def measure(carrier: str, browser: Any, folder: Path, seconds: float) -> dict[str, float]:
    """All figures of one carrier."""
    found: dict[str, float] = {}

    @contextmanager
    def page_at(program: str, fragment: str) -> Generator[Any]:
        with address(carrier, program, folder) as place:
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            page.set_default_timeout(180_000)
            began = time.perf_counter()
            page.goto(place + fragment)
            page.wait_for_selector("html[data-ready]")
            found.setdefault("ready s", time.perf_counter() - began)
            yield page
            page.close()

    with page_at("", f"tab=training&training={quote(json.dumps(TRAINING))}") as page:
        page.locator("#panel-training .status", has_text="step 0").wait_for()
        rates = page.evaluate(COUNT, seconds)
        found["pictures / s"], found["steps / s"] = rates["pictures"], rates["steps"]
    for name, samples in (("2,000 nodes", 16), ("70,000 nodes", 683)):
        program = PROGRAM.format(samples=samples)
        state = quote(json.dumps({"text": program, "language": "python"}))
        with page_at(program, f"tab=backward&backward={state}") as page:
            opened = page.evaluate(OPEN, ["backward_open", {"text": program, "language": "python"}])
            if opened.get("error"):
                raise RuntimeError(f"the page refuses the program of {name}: {opened['error']}")
            if name.startswith("2,"):
                nodes = range(5, opened["nodes"], max(1, opened["nodes"] // 20))
                times = [page.evaluate(CLICK, node) for node in nodes]
                found["nodes (click)"] = opened["nodes"]
                found["click ms, median"], found["click ms, worst"] = statistics.median(times), max(times)
            else:
                found["nodes (open)"], found["boxes"] = opened["nodes"], opened["boxes"]
                times = page.evaluate(DRAW)
                found["drawn ms"], found["its steps ms"] = times["drawn"], times["swept"]
    return found


def main(argv: list[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser("python -m benchmarks.page", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--carrier", choices=["server", "tab"], help="default: both")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to train; default: 5")
    parser.add_argument("--pyodide", type=Path, help="where Pyodide's files are; default: the cache")
    arguments = parser.parse_args(argv)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        sys.exit("error: no Playwright; run: python -m pip install playwright")
    if chromium is None:
        sys.exit("error: no Chromium; run: apt-get install chromium, or name one in $CHROMIUM")
    carriers = [arguments.carrier] if arguments.carrier else ["server", "tab"]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        if "tab" in carriers:
            build_site(folder / "site", pyodide_files(arguments.pyodide))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for carrier in carriers:
            print(f"{carrier}:")
            for what, figure in measure(carrier, browser, folder, arguments.seconds).items():
                print(f"  {what:20} {figure:10,.1f}", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
