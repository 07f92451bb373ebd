"""Builds the compiled node, engine/node/compiled, where there is a C compiler; the rest is in setup.cfg.

``CHAINRULE_PURE=1 python -m build --wheel`` leaves it out: the wheel then installs on every platform.
"""

import os
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError, ExecError, PlatformError

ENGINE = Path(__file__).parent / "engine"
COMPILED = ENGINE / "node" / "compiled"
BUILD_CHECK = runpy.run_path(str(ENGINE / "node" / "build_check.py"))


class BuildWherePossible(build_ext):
    """Without a working C compiler the installation is one in pure Python, and a line says so."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.force = True  # an older build beside the sources may be of others
        self.cython_c_in_temp = True  # the C source is no file of the project

    def build_extension(self, extension: Extension) -> None:
        if self.compiler.compiler_type != "msvc":
            # Bit for bit what Python computes: no multiply-add in place of a product and a sum. Nobody looks
            # at errno, without which a square root is one instruction, of several numbers.
            extension.extra_compile_args += ["-O3", "-ffp-contract=off", "-fno-math-errno", "-g0"]
        try:
            if find_spec("Cython") is None:  # only in a build without isolation
                raise PlatformError("Cython is missing")
            self.try_compiler()
            super().build_extension(extension)
        except (CCompilerError, ExecError, PlatformError) as error:
            reason = str(error).splitlines()[0]
            if len(reason) > 80:  # the whole command
                reason = f"{self.compiler.compiler[0]} fails"
            print(
                f"chainrule: no working C compiler ({reason}), so the node in pure Python will be used. "
                f"To build the compiled one later: {BUILD_CHECK['REBUILD']}",
                file=sys.stderr,
            )

    def try_compiler(self) -> None:
        """Raise what the compiler does on the smallest extension, before Cython spends seconds on ours."""
        with TemporaryDirectory() as folder:
            source = Path(folder) / "smallest.c"
            source.write_text("#include <Python.h>\n", encoding="utf-8")
            self.compiler.compile([str(source)], output_dir=folder, include_dirs=self.include_dirs)


COMPILED_NODE = Extension(
    "engine.node.compiled._value",
    ["engine/node/compiled/_value.pyx"],
    depends=BUILD_CHECK["sources"]("engine/node/compiled"),
    define_macros=[("CHAINRULE_SOURCES", f'"{BUILD_CHECK["digest"](COMPILED)}"')],
    optional=True,
)

setup(
    ext_modules=[] if os.environ.get("CHAINRULE_PURE", "") not in ("", "0") else [COMPILED_NODE],
    cmdclass={"build_ext": BuildWherePossible},
)
