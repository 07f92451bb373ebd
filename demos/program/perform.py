"""Runs a demo, or all of them one after the other with a page of what they printed and drew."""

import sys
import traceback
from dataclasses import replace
from typing import Any

from demos.program import exit_status as status
from demos.program.catalog import DEMOS, title
from demos.program.html_page import Section, write_index
from demos.runner.page import Page

__all__ = ["perform", "run", "run_all"]


def perform(name: str, page: Page) -> bool:
    """Run a demo: its title, what one will see, the demo itself, and one thing to try."""
    demo = DEMOS[name]
    page.say(f"# {title(demo)}")
    page.say((demo.__doc__ or "").partition("\n")[2])
    reached = demo.run(page)
    page.say(f"Try: {demo.TRY}")
    return reached


def run(name: str, page: Page) -> int:
    """Run one demo, for an exit status; Ctrl-C ends it with a summary."""
    try:
        return status.REACHED if perform(name, page) else status.MISSED
    except KeyboardInterrupt as interrupt:
        return _interrupted(name, page, interrupt)
    except BrokenPipeError:
        raise  # nobody reads the output any more
    except OSError as error:
        page.fail(f"{name} stopped: {error}")
        return status.MISSED


def run_all(page: Page, epochs: int | None = None) -> int:
    """Run every demo of the catalog into one folder, and write its ``index.html``.

    One that fails does not keep the others from running. Ctrl-C ends all, after a summary. Without epochs
    each trains for its own number of them.
    """
    sections: list[Section] = []
    for number, (name, demo) in enumerate(DEMOS.items(), start=1):
        if sys.stderr.isatty() and not page.quiet:
            print(f"[{number}/{len(DEMOS)}] {name}", file=sys.stderr, flush=True)
        own = replace(page, epochs=epochs or demo.EPOCHS, parts=[])
        try:
            reached = perform(name, own)
        except KeyboardInterrupt as interrupt:
            return _interrupted(name, own, interrupt)
        except BrokenPipeError:
            raise  # nobody reads the output any more
        except Exception as error:  # whatever it is, the others shall run all the same
            message = "".join(traceback.format_exception_only(error)).strip()
            reached = own.fail(f"{name} stopped: {message}")
        sections.append(Section(name, title(demo), own, reached))
        if not page.quiet:
            print("\n")
    try:
        index = write_index(sections, page.out)
    except OSError as error:
        page.fail(f"The page could not be written: {error}")
        return status.MISSED
    missed = [section.name for section in sections if not section.reached]
    pictures = sum(len(section.page.pictures) for section in sections)
    page.say(f"{len(sections)} demos ran and wrote {pictures} pictures. All in one page: {index}")
    if missed:
        page.fail(f"{len(missed)} of {len(sections)} demos missed their goal: {', '.join(missed)}.")
        return status.MISSED
    return status.REACHED


def _interrupted(name: str, page: Page, interrupt: Any) -> int:
    """Print how far a run had come when Ctrl-C ended it; ``nn.fit`` leaves the history of a training."""
    history = getattr(interrupt, "history", None)
    where = "" if history is None else f" in epoch {history.epochs + 1} of a training"
    written = ", ".join(map(str, page.pictures)) or "nothing"
    start = "\n" if page.quiet else ""  # after the ^C of a terminal
    page.warn(f"{start}{name} was interrupted{where}. Written so far: {written}.")
    return status.INTERRUPTED
