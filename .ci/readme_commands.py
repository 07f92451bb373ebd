"""The two commands of README.md, letter for letter as a person copies them.

Each stands alone in a fenced ``sh`` block under a marker that a reader does not see::

    <!-- command: run -->
    <!-- command: test -->

``python .ci/readme_commands.py run`` prints the first, ``test`` the second. Whatever is not exactly that (a
marker missing, twice, or misspelt; a block of several lines) ends with a message and status 1, so that no
command is silently left unproved.
"""

import re
import sys
from pathlib import Path

NAMES = ("run", "test")
README = Path(__file__).resolve().parent.parent / "README.md"
MARKER = re.compile(r"<!--\s*command:\s*(\S+?)\s*-->")
COMMAND = re.compile(MARKER.pattern + r"\n```sh\n(.*?)\n?```", re.DOTALL)


def readme_commands(text: str) -> dict[str, str]:
    """The commands in a README's text by name, ``run`` first; ValueError if they are not just these two."""
    marked = MARKER.findall(text)
    if marked != list(NAMES):
        raise ValueError(f"expected the command markers {list(NAMES)}, in this order; found {marked}")
    commands = dict(COMMAND.findall(text))
    for name in NAMES:
        if name not in commands:
            raise ValueError(f"the marker 'command: {name}' is not followed by a ```sh block")
        if len(commands[name].splitlines()) != 1 or not commands[name].strip():
            raise ValueError(f"the command {name!r} must be one line, got {commands[name]!r}")
    return commands


def main(arguments: list[str]) -> int:
    """Print the command asked for; the exit status."""
    if len(arguments) != 1 or arguments[0] not in NAMES:
        print(f"usage: python .ci/readme_commands.py {'|'.join(NAMES)}", file=sys.stderr)
        return 2
    try:
        print(readme_commands(README.read_text(encoding="utf-8"))[arguments[0]])
    except (OSError, ValueError) as error:
        print(f"{README}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
