"""A program as code that a person reads, with the numbers it runs on."""

from tests.engine.jit.generated.description import Program
from tests.engine.jit.generated.expressions import written
from tests.engine.jit.generated.worlds import Arguments, World

__all__ = ["shown"]

_READS_OTHERS = ("residual", "beside", "formula")


def shown(program: Program) -> str:
    """The program's text.

    The blocks are those of ``blocks.py`` and the results those of ``results.py``: ``A`` is a group of
    weights, of which a block takes those it needs.
    """
    world = World(program)
    for call in program.calls:
        world.make_weights(Arguments(program, call))
    lines = [
        f"# seed {program.seed}; {program.mode}, run as {program.form}, on {program.given} "
        f"({program.layout}), held as {program.holder}"
    ]
    for group in world.groups.values():
        for (name, *_), table in group.tables.items():
            numbers = [[float(f"{w.data:.6g}") for w in row] for row in table]
            lines.append(f"{group.name}.{name} = {numbers}{'  # frozen' if group.frozen else ''}")
    lines.append("def f(rows, target, label):")
    names = ["rows"]
    for i, step in enumerate(program.steps, 1):
        options = {**step.options}
        if "expression" in options:
            options["expression"] = "lambda a, b, w, t: " + written(options["expression"])
        parts = [names[-1], step.group]
        if step.block in _READS_OTHERS:
            parts.append(names[-step.others % len(names)])
        parts += [
            f"{name}={value if name == 'expression' else repr(value)}" for name, value in options.items()
        ]
        lines.append(f"    rows{i} = {step.block}({', '.join(parts)})")
        names.append(f"rows{i}")
    results = []
    for result in program.results:
        terms = [f"{result.kind.replace(' ', '_')}({names[-1 - result.back % len(names)]}, {result.group})"]
        results.append(" + ".join([*terms, *map(_penalty, result.penalties)]))
    lines.append(f"    return {', '.join(results)}  # nested as: {program.nesting}")
    for call in program.calls:
        arguments = Arguments(program, call)
        shape = "samples" if arguments.many else "arguments"
        text = ", ".join(str(tuple(_rounded(part) for part in sample)) for sample in arguments.samples)
        backward = "the weighted sum of the results" if call.together else "each result in turn"
        lines.append(f"# call after {call.before!r}, {shape} {text}; backward from {backward}")
    if program.outside:
        lines.append(f"# penalties outside of f: {' + '.join(map(_penalty, program.outside))}")
    return "\n".join(lines)


def _penalty(penalty: tuple[str, str, float]) -> str:
    kind, group, scale = penalty
    return f"{scale} * {kind}({group})"


def _rounded(part: object) -> object:
    if isinstance(part, list):
        return [_rounded(each) for each in part]
    return float(f"{part:.6g}") if isinstance(part, float) else part
