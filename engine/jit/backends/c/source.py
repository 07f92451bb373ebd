"""Writes a program as one file of C99 that needs the C library and nothing else."""

from __future__ import annotations

import math
import re

import numpy as np

from engine.errors import TraceError
from engine.jit.backends.c.functions import Functions
from engine.jit.backends.c.instructions import Writer, number
from engine.jit.backends.native.places import Untranslated
from engine.jit.emit.forward import Program
from engine.jit.emit.source import cells_of, given_cells
from engine.jit.emit.views import CELLS, View
from engine.jit.lower.groups import FIXED
from engine.jit.trace.traced_graph import Trace
from engine.pytree.spec import Spec, has_numbers

__all__ = ["c_source"]

_WIDTH = 100
_MOST_NAMES = 200  # of single numbers
_LONGEST = 250  # statements in one C function
_SEEDS = "seeds", "fixed_seeds"

_HEAD = """\
/* Value and gradient of {name}, as lifted by chainrule's engine.jit: C99, and libm.
 *
 *     int {name}_value_and_grad(const double *parameters, const double *arguments,{samples}
 *     {indent}double *value, double *by_parameters, double *by_arguments,
 *     {indent}double *workspace);
 *
 * parameters     {P}_PARAMETERS numbers in the order of {name}_names; {name}_parameters are those that the
 *                file was written with
 * arguments      {arguments}
 * value          {P}_OUTPUTS numbers{mean}
 * by_parameters  the gradient: {P}_PARAMETERS numbers for each output; NULL where none is wanted
 * by_arguments   the same by the arguments{by_sample}; may be NULL
 * workspace      {P}_WORKSPACE numbers, which may hold anything; it and all outputs are the caller's, and
 *                calls with different ones may run at the same time
 *
 * It returns 0; 1 where the value or a gradient is infinite or nan: it is then as IEEE 754 has it, where the
 * function itself may have the gradient of the way that was taken; and 2 where take() is given no index, and
 * the outputs mean nothing.
 *
 * Compile it with -std=c99 and link it with -lm; with -ffast-math it would not compute this.
 */
#include <math.h>
#include <stddef.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "infinities, nan and the order of operations matter here: compile without -ffast-math"
#endif

"""


def c_source(program: Program, trace: Trace, name: str, spec: Spec) -> str:
    """The text of the file.

    Args:
        program: has gradients by all that was captured and all arguments.
        trace: the scalar graph of the program.
        name: what the function is called; what its names begin with.
        spec: how its arguments are nested, those by position and those by name.

    Raises:
        TraceError: a statement has no C.
    """
    try:
        return _File(program, trace, _identifier(name), spec).text()
    except Untranslated as error:
        raise TraceError(f"the function cannot be written as C: nothing there is called {error}") from None


def _identifier(name: str) -> str:
    """A name that C takes as the beginning of others."""
    found = re.sub(r"\W+", "_", name.rpartition(".")[2], flags=re.ASCII).strip("_")
    return found if found and not found[0].isdigit() else "f"


class _File:
    """The file of one program."""

    def __init__(self, program: Program, trace: Trace, name: str, spec: Spec) -> None:
        self.keywords = [key for key, part in spec[1] if has_numbers(part)]
        self.program, self.layout = program, program.layout
        self.values = [trace.captured[i] for i in program.layout.captured]
        self.name, self.upper = name, name.upper()
        self.functions = Functions()
        fixed, dfixed = np.zeros((2, self.layout.sizes[FIXED]))
        self.cells = cells_of(self.layout, fixed, dfixed, 1)
        named = [each for each in program.views.definitions if isinstance(each, View)]
        self.views = [view for view in named if view.array.numbers is None]
        if len(self.views) > _MOST_NAMES:  # a compiler takes long to keep many apart
            self.views = [view for view in self.views if math.prod(view.place()[1]) > 1]
        self._pieces: list[tuple[list[str], list[str]]] = []
        self.writer = Writer(self.cells, self.views, self.functions)

    def text(self) -> str:
        """The whole text."""
        program, writer = self.program, self.writer
        count = max(1, len(program.outputs))
        parts = []
        for i, statements in enumerate(program.parts):
            writer.take_seeds("fixed_seeds" if i == 3 else "seeds", count)
            parts.append(self._in_pieces(writer.lines(statements)))
        body, pieces = self._function(parts), self._pieces_as_functions()
        batched = self.layout.batched
        numbers = f"{self.upper}_ARGUMENTS numbers: those of the function, in their order"
        if self.keywords:
            named = ", ".join(f"{key}=" for key in self.keywords)
            numbers += f";\n *                by position first, then {named}"
        head = _HEAD.format(
            name=self.name,
            indent=" " * len(f"int {self.name}_value_and_grad("),
            P=self.upper,
            samples=" size_t samples," if batched else "",
            arguments=f"{numbers}; one sample after the other" if batched else numbers,
            mean=": means over the samples" if batched else "",
            by_sample=", for each sample one after the other" if batched else "",
        )
        return "".join([head, self._sizes(), *(f"{text}\n" for text in self.functions.texts), *pieces, body])

    # -- what stands before the function --------------------------------------------------------------

    def _sizes(self) -> str:
        outputs = len(self.program.outputs)
        sizes = {
            "PARAMETERS": self.layout.captured_cells,
            "ARGUMENTS": self.layout.inputs,
            "OUTPUTS": outputs,
            "WORKSPACE": max(1, sum(self._memories().values())),
        }
        lines = ["enum {", *(f"    {self.upper}_{key} = {size}," for key, size in sizes.items()), "};", ""]
        names = [_string(value.label or f"parameter {i}") for i, value in enumerate(self.values)]
        numbers = [_bare(value.data) for value in self.values]
        lines.append(_array(f"const char *const {self.name}_names[]", names or ["NULL"]))
        lines.append(_array(f"const double {self.name}_parameters[]", numbers or ["0.0"]))
        for key, array in self.program.views.constants.items():
            if key in self.writer.used:
                kind, text = ("int", str) if array.dtype.kind in "iu" else ("double", _bare)
                items = list(map(text, array.ravel().tolist()))
                lines.append(_array(f"static const {kind} {key}[]", items))
        return "\n".join([*lines, "", ""])

    def _memories(self) -> dict[str, int]:
        """What lies in the workspace: names and sizes."""
        found = {name: memory.size for name, memory in self.cells.items()}
        for name, memory in self.writer.vectors.items():
            if name not in found and name not in self.program.views.constants and "seeds" not in name:
                found[name] = memory.size
        if self.layout.batched:
            found["sums"] = len(self.program.outputs) * self.cells["dfixed"].size
        found["scratch"] = self.writer.scratch_size
        return {name: size for name, size in found.items() if size}

    # -- the function -----------------------------------------------------------------------------------

    def _in_pieces(self, lines: list[str]) -> list[str]:
        """The lines of a part; where they are very many, calls of functions that have some each.

        A compiler takes more than twice the time for a function of twice the length.
        """
        starts = [i for i, line in enumerate(lines) if line.startswith("/*")]
        if len(starts) <= _LONGEST:
            return lines
        ends = [*starts[_LONGEST::_LONGEST], len(lines)]
        calls = []
        for start, end in zip(starts[::_LONGEST], ends, strict=True):
            piece = lines[start:end]
            seeds = [name for name in _SEEDS if any(re.search(rf"\b{name}\b", line) for line in piece)]
            self._pieces.append((seeds, piece))
            given = ", ".join(["workspace", *seeds])
            calls += [f"if ({self.name}_part_{len(self._pieces)}({given}) != 0)", "    return 2;"]
        return calls

    def _pieces_as_functions(self) -> list[str]:
        found = []
        for i, (seeds, lines) in enumerate(self._pieces, 1):
            given = ", ".join(["double *workspace", *(f"const double *{each}" for each in seeds)])
            body = [*self._declared(lines), "", *lines, "return 0;"]
            head = f"static int {self.name}_part_{i}({given})"
            found.append("\n".join([head, "{", *_indented(body), "}", "", ""]))
        return found

    def _function(self, parts: list[list[str]]) -> str:
        layout, upper = self.layout, self.upper
        space = CELLS[layout.batched].name
        given = f"arguments + s * {upper}_ARGUMENTS" if layout.batched else "arguments"
        prepare = [f"memset(workspace, 0, {upper}_WORKSPACE * sizeof(double));"]
        if layout.captured_cells:
            prepare.append(f"memcpy(fixed, parameters, {upper}_PARAMETERS * sizeof(double));")
        for name, first, count, constant in given_cells(layout):
            prepare += [f"for (int i = 0; i < {count}; i++)"] * (count > 1)
            at = f"{first} + i" if count > 1 else first
            prepare.append(f"{'    ' * (count > 1)}{name}[{at}] = {number(constant)};")
        fill = [f"memcpy({_from(space, layout.input_start)}, {given}, {upper}_ARGUMENTS * sizeof(double));"]
        if not layout.inputs:
            fill = []
        write = self._on_samples if layout.batched else self._on_one
        lines = write(prepare, fill, parts)
        unused = [] if layout.captured_cells else ["(void)parameters;"]
        unused += [] if layout.inputs else ["(void)arguments;"]
        samples = " size_t samples," if layout.batched else ""
        head = [
            f"int {self.name}_value_and_grad(const double *parameters, const double *arguments,{samples}",
            "    double *value, double *by_parameters, double *by_arguments, double *workspace)",
        ]
        total = "double total = 0.0;  /* nan where a number is not finite */"
        body = [*self._declared(lines), *unused, total, "", *lines, "return total != 0.0;"]
        return "\n".join([*head, "{", *_indented(body), "}", ""])

    def _declared(self, lines: list[str]) -> list[str]:
        """Where everything lies that is named in the lines."""
        sizes = self._memories()
        found, before = [], "workspace"
        for name, size in sizes.items():
            found.append((name, f"double *const {name} = {before};"))
            before = f"{name} + {size}"
        for view in self.views:
            place = _from(view.array.name, view.place()[0])
            found.append((view.text, f"double *const {view.text} = {place};"))
        used = set(re.findall(r"\w+", re.sub(r"/\*.*?\*/", "", "\n".join(lines))))
        chosen: list[str] = []
        for name, line in reversed(found):
            if name in used:
                chosen.insert(0, line)
                used |= set(re.findall(r"\w+", line))
        return chosen

    def _on_one(self, prepare: list[str], fill: list[str], parts: list[list[str]]) -> list[str]:
        fixed, forward, backward, last = parts
        lines = [*prepare, *fill, "", *fixed, *forward, "", *self._values()]
        lines += ["if (by_parameters == NULL && by_arguments == NULL)", "    return total != 0.0;", ""]
        body = self._seeded("fixed_seeds", "1.0", [*backward, *last])
        body += [*self._copy("by_parameters", "PARAMETERS", "dfixed", "o")]
        body += self._copy("by_arguments", "ARGUMENTS", _from("dfixed", self.layout.input_start), "o")
        return [*lines, *self._for_outputs(body)]

    def _on_samples(self, prepare: list[str], fill: list[str], parts: list[list[str]]) -> list[str]:
        layout, (fixed, forward, backward, last) = self.layout, parts
        count = layout.sizes[FIXED]
        each = self._seeded("seeds", "1.0 / (double)samples", backward)
        each += self._copy(
            "by_arguments", "ARGUMENTS", _from("dwork", layout.input_start), "(o * samples + s)"
        )
        if count:
            each += [f"for (int i = 0; i < {count}; i++)", f"    sums[o * {count} + i] += dfixed[i];"]
        sample = [*fill, *forward, *self._values(adds=True)]
        sample += [
            "if (by_parameters != NULL || by_arguments != NULL) {",
            *_indented(self._for_outputs(each)),
            "}",
        ]
        zeros = [f"value[{i}] = 0.0;" for i, output in enumerate(self.program.outputs)]
        lines = [
            *prepare,
            "",
            *fixed,
            *zeros,
            "for (size_t s = 0; s < samples; s++) {",
            *_indented(sample),
            "}",
        ]
        lines += [*self._values(), ""]
        over = [f"memcpy(dfixed, sums + o * {count}, {count} * sizeof(double));"] if count else []
        over += self._seeded("fixed_seeds", "1.0", last)
        over += self._copy("by_parameters", "PARAMETERS", "dfixed", "o")
        return [*lines, "if (by_parameters == NULL)", "    return total != 0.0;", *self._for_outputs(over)]

    def _values(self, adds: bool = False) -> list[str]:
        """The lines that set the outputs: what a sample adds to means, or all at the end."""
        lines = []
        for i, output in enumerate(self.program.outputs):
            place = f"{CELLS[output[0]].name}[{output[1]}]" if isinstance(output, tuple) else number(output)
            per_sample = isinstance(output, tuple) and output[0] != FIXED
            if adds:
                lines += [f"value[{i}] += {place};"] * per_sample
            else:
                lines.append(f"value[{i}] {'/= (double)samples' if per_sample else f'= {place}'};")
                lines.append(f"total += 0.0 * value[{i}];")
        return lines

    def _seeded(self, name: str, seed: str, lines: list[str]) -> list[str]:
        """Lines that read the gradients of outputs, behind what sets these: one to the seed, others to 0."""
        if not any(name in line for line in lines):
            return lines
        return [f"double {name}[{self.upper}_OUTPUTS] = {{0.0}};", f"{name}[o] = {seed};", *lines]

    def _for_outputs(self, body: list[str]) -> list[str]:
        return [f"for (int o = 0; o < {self.upper}_OUTPUTS; o++) {{", *_indented(body), "}"]

    def _copy(self, to: str, what: str, start: str, row: str) -> list[str]:
        """The lines that hand out a gradient."""
        layout, size = self.layout, f"{self.upper}_{what}"
        if not (layout.captured_cells if what == "PARAMETERS" else layout.inputs):
            return []
        name, _, first = start.partition(" + ")
        first += " + " if first else ""
        return [
            f"for (int i = 0; i < {size}; i++)",
            f"    total += 0.0 * {name}[{first}i];",
            f"if ({to} != NULL)",
            f"    memcpy({to} + {row} * {size}, {start}, {size} * sizeof(double));",
        ]


def _bare(x: float) -> str:
    return number(x).strip("()")


def _from(name: str, start: int) -> str:
    return f"{name} + {start}" if start else name


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def _string(text: str) -> str:
    """A text in quotes."""
    shown = text.encode("ascii", "backslashreplace").decode()
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?").replace("\n", " ") + '"'


def _array(head: str, items: list[str]) -> str:
    """A definition, in lines of some hundred letters."""
    lines = ["    "]
    for item in items:
        if len(lines[-1]) + len(item) > _WIDTH and lines[-1].strip():
            lines.append("    ")
        lines[-1] += f"{item}, "
    return "\n".join([f"{head} = {{", *map(str.rstrip, lines), "};"])
