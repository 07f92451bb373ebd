"""The C function of a lifted one, compiled and loaded."""

import ctypes
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

__all__ = ["Compiled", "Ran", "needs_compiler"]

COMPILER = next(
    filter(shutil.which, [(sysconfig.get_config_var("CC") or "cc").split()[0], "cc", "gcc", "clang"]), None
)
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler on this machine")
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O2", "-ffp-contract=off")


class Ran(NamedTuple):
    """What the C function gave."""

    code: int
    value: np.ndarray[Any, Any]
    by_parameters: np.ndarray[Any, Any]
    by_arguments: np.ndarray[Any, Any]


class Compiled:
    """The C function of a lifted one."""

    def __init__(self, lifted: Any, folder: Path) -> None:
        self.source = lifted.to_c_source()
        self.name = self.source.split("Value and gradient of ")[1].split(",")[0]
        file, library = folder / f"{self.name}.c", folder / f"{self.name}.so"
        file.write_text(self.source, encoding="utf-8")
        done = subprocess.run(
            [COMPILER, *STRICT, "-shared", "-fPIC", "-o", library, file, "-lm"],
            capture_output=True, encoding="utf-8", timeout=600, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        self.library = ctypes.CDLL(str(library))
        words = ("PARAMETERS", "ARGUMENTS", "OUTPUTS", "WORKSPACE")
        self.sizes = {each: int(self.source.split(f"_{each} = ")[1].split(",")[0]) for each in words}
        count = self.sizes["PARAMETERS"]
        self.names = [
            x.decode() for x in (ctypes.c_char_p * count).in_dll(self.library, f"{self.name}_names")
        ]
        self.parameters = np.array((ctypes.c_double * count).in_dll(self.library, f"{self.name}_parameters"))

    def __call__(self, arguments: Any, parameters: Any = None, samples: int | None = None) -> Ran:
        given = np.ascontiguousarray(arguments, dtype=float).ravel()
        held = np.ascontiguousarray(self.parameters if parameters is None else parameters, dtype=float)
        outputs = self.sizes["OUTPUTS"]
        assert given.size == self.sizes["ARGUMENTS"] * (1 if samples is None else samples)
        value, work = np.full(outputs, 7.0), np.full(self.sizes["WORKSPACE"], np.nan)
        by_parameters, by_arguments = np.full((outputs, len(held)), 7.0), np.full((outputs, given.size), 7.0)
        rest = [each.ctypes for each in (value, by_parameters, by_arguments, work)]
        pointers = [ctypes.c_void_p(each.data) for each in (held.ctypes, given.ctypes, *rest)]
        count = [] if samples is None else [ctypes.c_size_t(samples)]
        function = self.library[f"{self.name}_value_and_grad"]
        code = function(*pointers[:2], *count, *pointers[2:])
        return Ran(code, value, by_parameters, by_arguments)
