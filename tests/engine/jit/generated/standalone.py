"""The file of a lifted function as one more way to run a program.

The file gives gradients by all parameters, frozen ones too, and by all arguments; so the engine is asked for
these with Values in all places.
"""

import runpy
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import engine
from engine import Value
from tests.engine.jit.generated.outcomes import SCALES, Outcome, number_of, numbers_in, outcome_of
from tests.engine.jit.generated.worlds import Arguments, World

__all__ = ["file_outcome", "outcome_for_file"]


def outcome_for_file(world: World, arguments: Arguments, number: int) -> Outcome:
    """What the file should give, by the engine."""
    for w in world.parameters:
        w.requires_grad = True
    engine.zero_grad(world.parameters)
    results, made = [], []
    for rows, target, label in arguments.samples:
        given = [[Value(x) for x in row] for row in rows], Value(target)
        made += [*(x for row in given[0] for x in row), given[1]]
        results.append(world.loss(*given, label))
    return outcome_of(world, results, made, together=True)


def file_outcome(f: Any, result: Any, world: World, arguments: Arguments) -> Outcome:
    """What the file gives that a lifted function writes.

    Args:
        f: the function, called before.
        result: what it gave; the file gives those numbers of it that are Values.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.py"
        path.write_text(f.to_numpy_source(), encoding="utf-8")
        file = runpy.run_path(str(path))
    by_label = {w.label: w for w in world.parameters}
    data = np.array([by_label[name].data for name in file["NAMES"]])
    args, _ = arguments.laid_out(arguments.values()[0])
    values, gradients = file["value_and_grad"](*args, parameters=data)
    if not isinstance(values, list):
        values, gradients = [values], [gradients]
    found, slopes = [], dict.fromkeys(by_label, 0.0)
    inputs = np.zeros((len(arguments.samples), sum(map(len, arguments.samples[0][0])) + 1))  # rows and target
    feed = zip(values, gradients, strict=True)
    for scale, x in zip(SCALES * 99, numbers_in(result), strict=False):
        if not isinstance(x, Value):
            found.append(number_of(x))
            continue
        value, (by_parameters, by_inputs) = next(feed)
        found.append(float(value))
        for name, slope in zip(file["NAMES"], by_parameters.tolist(), strict=True):
            slopes[name] += scale * slope
        inputs += scale * np.atleast_2d(by_inputs)[:, :-1]  # without that by the label
    return Outcome(found, list(slopes.values()), np.ravel(inputs).tolist())
