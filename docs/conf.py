"""Sphinx settings of the site: the pages of this folder, and a reference made of docstrings and rows.

``python -m pip install -e ".[docs]"``, then ``python -m sphinx -W docs out/site``. The site opens from disk
(out/site/index.html), its search too: it fetches nothing, and no font comes from elsewhere.
"""

import os
import re
import sys
from collections import defaultdict
from importlib import import_module
from inspect import isclass, isroutine
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))
os.environ["CHAINRULE_BACKEND"] = "python"  # the node to read, whose methods have signatures

import engine  # noqa: E402
from engine.ops import OPERATORS  # noqa: E402

project = "chainrule"
author = "The chainrule authors"
release = version = engine.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 4
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # attributes are described once
napoleon_use_rtype = False
autodoc_member_order = "bysource"
add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"
html_theme = "furo"
html_title = f"chainrule {release}"
html_static_path = ["_static"]
html_css_files = ["chainrule.css"]
html_show_copyright = False
html_show_search_summary = False  # it would fetch pages, which a browser refuses to one read from disk
html_copy_source = False


class Api(SphinxDirective):
    """``.. api:: nn`` documents ``nn.__all__`` and what extras add, room by room.

    ``.. api:: operators`` documents the operator table.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        (package,) = self.arguments
        text = operators() if package == "operators" else names(package)
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def operators() -> str:
    """An entry for each function of the operator table, in the order of its rows."""
    return "\n".join(f".. autofunction:: engine.{name}\n" for name in OPERATORS)


def names(package: str) -> str:
    """Entries for the names of a package; a section for each room, that of Value first."""
    rooms: dict[str, list[str]] = defaultdict(list)
    module = import_module(package)
    every = {*module.__all__, *getattr(module, "_OF_EXTRAS", ())}  # the latter need an extra, here [sklearn]
    for name in sorted(every, key=lambda name: (name != "Value", name.lower())):
        if package != "engine" or name not in OPERATORS:
            rooms[room(package, name)].append(name)
    homes = sorted(rooms, key=lambda home: (home != "engine.node", home))
    return "\n".join(section(package, home, rooms[home]) for home in homes)


def origin(package: str, name: str) -> str:
    """The module that a name of a package comes from.

    >>> origin("engine", "grad"), origin("engine", "Value")
    ('engine.transforms.grad', 'engine.node.backend')
    """
    module = import_module(package)
    later: dict[str, str] = getattr(module, "_LATER", {})
    here = "engine.node.backend" if name in ("Value", "backend") else package
    return later.get(name) or getattr(getattr(module, name), "__module__", here)


def room(package: str, name: str) -> str:
    """The folder, or the file of the package itself, that a name comes from."""
    home = origin(package, name)
    return ".".join(home.split(".")[:2]) if home.startswith(f"{package}.") else package


def section(package: str, home: str, members: list[str]) -> str:
    """A room's heading, the first line of its docstring, and its entries."""
    opening = (import_module(home).__doc__ or "").strip().partition("\n\n")[0] if home != package else ""
    return "\n".join([home, "-" * len(home), "", opening, "", *(entry(package, name) for name in members)])


def entry(package: str, name: str) -> str:
    """The directive for one name."""
    module = import_module(package)
    found = getattr(module, name)
    if isclass(found):
        public = [base for base in found.__mro__[1:] if base.__name__ in module.__all__]
        lines = [f".. autoclass:: {package}.{name}", "   :members:"]
        lines += ["   :show-inheritance:"] if public else []
        requests = [each for each in dir(found) if each.startswith("set_") and each.endswith("_request")]
        if requests:  # written by scikit-learn, with references into its own pages
            lines.append(f"   :exclude-members: {', '.join(requests)}")
        if name in ("Module", "Value"):  # parts of which are in bases that nobody asks for
            texts = {row.docstring for row in OPERATORS.values()}
            methods = [each for each in dir(found) if getattr(found, each).__doc__ in texts]
            lines += ["   :inherited-members: object", f"   :exclude-members: {', '.join(methods)}"]
        return "\n".join([*lines, ""])
    if isroutine(found) or not isinstance(found, dict | str):
        return f".. autofunction:: {package}.{name}\n"
    text = " ".join(said_of(package, name, found))
    keys = f" Its keys: {', '.join(f'``{key}``' for key in found)}." if isinstance(found, dict) else ""
    return f".. py:data:: {name}\n   :module: {package}\n\n   {text}{keys}\n"


def said_of(package: str, name: str, found: Any) -> list[str]:
    """What stands below the assignment of a name, in whichever module of the package that is."""
    for home, module in sorted(sys.modules.items()):
        if home.startswith(package) and vars(module).get(name) is found:
            said = ModuleAnalyzer.for_module(home).find_attr_docs().get(("", name))
            if said:
                return said
    raise LookupError(f"{package}.{name} has no docstring")


CODE = re.compile(r"(``.+?``|:\w+:`.+?`|`[^`\s][^`]*`_?)", re.DOTALL)
"""What reStructuredText leaves alone: literals, and references to other names."""

FORMULA = re.compile(r"(Value|Partial derivatives): (.*)\.")
"""How an operator's docstring gives its formulas."""


def plain(app: Sphinx, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    """Docstrings as reStructuredText: * and | are mathematics, and an operator's formulas are code."""
    row = OPERATORS.get(name.removeprefix("engine."))
    if row is not None and not any(map(FORMULA.fullmatch, lines)):  # a function with a docstring of its own
        below = lines.index("") if "" in lines else len(lines)
        partials = "; ".join(row.partial_formulas)
        lines[below:below] = ["", f"Value: {row.text}.", f"Partial derivatives: {partials}.", ""]
    verbatim = ""  # what ends an example, or a block after ::
    for number, line in enumerate(lines):
        if (verbatim == "blank" and not line.strip()) or (verbatim == "indent" and line[:1].strip()):
            verbatim = ""
        if formula := FORMULA.fullmatch(line):
            lines[number] = f":{formula[1]}: ``{formula[2]}``"
        elif line.lstrip().startswith(">>>"):
            verbatim = "blank"
        elif not verbatim:
            parts = CODE.split(line)
            parts[::2] = [re.sub(r"([*|])", r"\\\1", part) for part in parts[::2]]
            lines[number] = "".join(parts)
            verbatim = "indent" if line.endswith("::") else ""


def borrowed(app: Sphinx, what: str, name: str, found: Any, skip: bool, options: Any) -> bool | None:
    """Leave out an attribute that is a function of a module, as of an activation: it is documented there."""
    return True if isroutine(found) and "." not in getattr(found, "__qualname__", ".") else None


LINK = re.compile(r"\[((?:`[^`]*`|[^\]`])*)\]\(([^)#\s]+)([^)\s]*)\)")
"""A link in Markdown: its text, its target, and the place in it."""

OF_THE_ROOT = {"contributing": "CONTRIBUTING.md", "changes": "CHANGELOG.md", "security": "SECURITY.md"}
"""Pages of the site that stand in the root of a checkout."""


def as_on_the_site(text: str, folder: Path) -> str:
    """A page's text with links that hold on the site; those to source files, which it lacks, become text.

    >>> as_on_the_site("[edges](docs/edges.md#ties), [`ops`](engine/ops), [all](https://numpy.org)", ROOT)
    '[edges](edges.md#ties), `ops`, [all](https://numpy.org)'
    """

    def link(found: re.Match[str]) -> str:
        words, target, place = found.groups()
        if "://" in target:
            return found[0]
        path = (folder / target).resolve()
        for page, name in OF_THE_ROOT.items():
            if path == ROOT / name:
                return f"[{words}]({page}.md{place})"
        return f"[{words}]({path.name}{place})" if DOCS in path.parents else words

    return LINK.sub(link, text)


def read(app: Sphinx, page: str, source: list[str]) -> None:
    """A page, when it is read."""
    if page in OF_THE_ROOT:
        app.env.note_dependency(str(ROOT / OF_THE_ROOT[page]))
        source[0] = as_on_the_site((ROOT / OF_THE_ROOT[page]).read_text(encoding="utf-8"), ROOT)
    else:
        source[0] = as_on_the_site(source[0], DOCS)


def setup(app: Sphinx) -> None:
    """Add the directive and what is changed in docstrings and pages."""
    app.add_directive("api", Api)
    app.connect("autodoc-process-docstring", plain, priority=400)  # before napoleon, which adds markup
    app.connect("autodoc-skip-member", borrowed)
    app.connect("source-read", read)
