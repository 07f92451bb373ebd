"""Two processes of four devices that compute as one: gradients, trainings, and one of them that dies."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import jit
from engine.jit.backends.jax.devices import compare
from engine.jit.backends.jax.processes import check_same, is_first, lost, several
from nn import MLP, Adam, fit

pytest.importorskip("jax", reason="JAX is not installed: pip install 'chainrule[jax]'")

ROOT = Path(__file__).parents[5]

BEGIN = """
import json, os, signal, sys
import jax
jax.config.update("jax_cpu_collectives_implementation", "gloo")
rank, address, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
jax.distributed.initialize(address, num_processes=2, process_id=rank, heartbeat_timeout_seconds=30)
import numpy as np
from engine import jit
from nn import MLP
from tests.engine.jit.backends.jax.test_processes import network, trained
"""

TOGETHER_UNTIL_ONE_DIES = """
model, loss, X, y = network()
f = jit(loss, batch=True, backend="jax", audit=False)
mean = f(X, y)
mean.backward()
found = {"devices": len(jax.devices()), "gradient": [mean.data, *(p.grad for p in model.parameters())]}

def refused(action):
    try:
        action()
    except RuntimeError as error:
        return str(error)

def other_parameters():
    model.parameters()[0].data += rank
    f(X, y)

found["others"] = refused(other_parameters)
found["seeds"] = refused(lambda: trained("jax", model=MLP(64, [8, 10], rng=rank)))
found["loss"], found["numbers"] = trained("jax", checkpoint=path + ".npz")
print("FOUND" + json.dumps(found), flush=True)

class Die:
    def on_batch_end(self, state):
        if rank == 1 and (state.epoch, state.batch) == (3, 2):
            os.kill(os.getpid(), signal.SIGKILL)

trained("jax", checkpoint=path + ".resumed.npz", callbacks=Die())
"""

RESUMES = """
path += ".resumed.npz"
print("FOUND" + json.dumps(trained("jax", checkpoint=path, resume=path)))
"""


def network() -> tuple[Any, Any, Any, Any]:
    """A model, its loss, and a number of samples that eight devices cannot share evenly."""
    model = MLP(2, [4, 1], activation="tanh", rng=0)
    X = np.random.default_rng(0).normal(size=(13, 2))
    return model, lambda x, t: (model(x) - t) ** 2, X, np.arange(13.0)


def trained(jit: Any, model: Any = None, **options: Any) -> tuple[list[float], list[str]]:
    """A network for digits: its loss in each epoch, with batches of 300, 300 and 197; and its parameters."""
    datasets = pytest.importorskip("sklearn.datasets", reason="no scikit-learn, no digits")
    images, digits = (each[:797] for each in datasets.load_digits(return_X_y=True))
    model = model or MLP(64, [8, 10], rng=0)
    settings = {"loss": "cross_entropy", "optimizer": lambda p: Adam(p, lr=0.01), "epochs": 6, "rng": 0}
    history = fit(model, images / 16, digits, batch_size=300, jit=jit, progress=False, **settings, **options)
    return history["loss"], [p.data.hex() for p in model.parameters()]


def two(program: str, path: Path) -> list[tuple[int, str, str]]:
    """Run a program in two processes; returns how each ended, and what it said."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "XLA_FLAGS": f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=4",
        "JAX_PLATFORMS": "cpu",
    }
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", BEGIN + program, str(rank), address, str(path)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=path.parent,
        )
        for rank in range(2)
    ]  # fmt: skip
    try:
        said = [worker.communicate(timeout=900) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    return [(worker.returncode, *each) for worker, each in zip(workers, said, strict=True)]


def found_by(ended: list[tuple[int, str, str]]) -> list[Any]:
    for _, out, err in ended:
        assert "FOUND" in out, err
    return [json.loads(out.split("FOUND")[1]) for _, out, _ in ended]


def test_one_process_is_the_first_and_agrees_with_itself() -> None:
    assert is_first()
    assert not several()
    check_same({"rng": [np.arange(3.0)], "arguments": [np.array("text")]})


def test_what_differs_and_what_was_lost_is_named() -> None:
    own = np.array([4.0, 0.5, 1.5])
    compare(np.array([own, own * (1 + 1e-12)]), own)  # as another machine may round
    for i, name in enumerate(("numbers of samples", "parameters", "samples")):
        found = np.array([own, own])
        found[1, i] += 1.0
        with pytest.raises(RuntimeError, match=f"the processes have other {name}: .* the same seed"):
            compare(found, own)
    said = str(lost(ValueError("Connection reset\nat some place")))
    assert said.startswith("process 0 of 1 lost another one: it has ended")
    assert "resume=PATH" in said
    assert said.endswith("JAX says: 'Connection reset'")


def test_they_train_as_one_and_go_on_bit_for_bit_after_one_was_killed(tmp_path) -> None:
    ended = two(TOGETHER_UNTIL_ONE_DIES, tmp_path / "numbers")
    whole = found_by(ended)
    model, loss, X, y = network()
    mean = jit(loss, batch=True)(X, y)
    mean.backward()
    expected, _ = trained(True)
    assert expected[-1] < 0.5 * expected[0]
    for found in whole:
        assert found["devices"] == 8
        own = [mean.data, *(p.grad for p in model.parameters())]
        np.testing.assert_allclose(found["gradient"], own, rtol=1e-12)
        assert "the processes have other parameters" in found["others"]
        assert "the 2 processes differ in model: " in found["seeds"]
        np.testing.assert_allclose(found["loss"], expected, rtol=1e-9)
    assert whole[0]["numbers"] == whole[1]["numbers"]

    first, killed = ended
    assert killed[0] == -signal.SIGKILL
    assert first[0] != 0
    assert "process 0 of 2 lost another one" in first[2]
    assert "resume=PATH" in first[2]

    for losses, numbers in found_by(two(RESUMES, tmp_path / "numbers")):
        assert losses == whole[0]["loss"]
        assert numbers == whole[0]["numbers"]
