"""Runs all demos one after the other, and writes the page of their accounts."""

import sys
import traceback
from dataclasses import replace

from demos.program import exit_status as status
from demos.program.catalog import DEMOS
from demos.program.html_page import Section, write_index
from demos.runner.account import Account
from demos.runner.options import Options

__all__ = ["run_all"]


def run_all(options: Options, epochs: int | None = None) -> int:
    """Run every demo of the catalog into one folder, and write its ``index.html``.

    One that fails does not keep the others from running. Ctrl-C ends all, after a summary.

    Args:
        options: the choices for all of them; the folder must be there.
        epochs: the most passes over the data for each; by default its own.

    Returns:
        The exit status: REACHED if all demos reached their goals.
    """
    sections: list[Section] = []
    for number, (name, demo) in enumerate(DEMOS.items(), start=1):
        if sys.stderr.isatty() and not options.quiet:
            print(f"[{number}/{len(DEMOS)}] {name}", file=sys.stderr, flush=True)
        account = Account(quiet=options.quiet)
        try:
            reached = demo.run(replace(options, epochs=epochs or demo.EPOCHS), account)
        except KeyboardInterrupt:
            account.interrupted(name)
            return status.INTERRUPTED
        except BrokenPipeError:
            raise  # nobody reads the output any more
        except Exception as error:  # whatever it is, the others shall run all the same
            reached = False
            message = "".join(traceback.format_exception_only(error)).strip()
            account.fail(f"{name} stopped while {account.doing}: {message}")
        sections.append(Section(name, demo.TITLE, account, reached))
        if not options.quiet:
            print()
    return _finish(sections, options)


def _finish(sections: list[Section], options: Options) -> int:
    """Write the page and print the summary."""
    account = Account(quiet=options.quiet)
    try:
        page = write_index(sections, options.out)
    except OSError as error:
        account.fail(f"The page could not be written: {error}")
        return status.MISSED
    missed = [section.name for section in sections if not section.reached]
    pictures = sum(len(section.account.pictures) for section in sections)
    account.say(f"{len(sections)} demos ran and wrote {pictures} pictures. All in one page: {page}")
    if missed:
        account.fail(f"{len(missed)} of {len(sections)} demos missed their goal: {', '.join(missed)}.")
        return status.MISSED
    return status.REACHED
