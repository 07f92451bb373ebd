"""The small GPT: its loss is that of NumPy written for matrices, it learns, and writes names."""

import random
import re

import numpy as np
import pytest

from demos.applications import microgpt
from tests.demos.running import assert_plot, in_process, written_by


def reference_loss(state, name: str) -> float:
    """The same network in NumPy, all positions at once, with a mask where microgpt has a loop."""
    w = {key: np.array([[p.data for p in row] for row in matrix]) for key, matrix in state.items()}

    def norm(x):
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5)

    def softmax(z):
        powers = np.exp(z - z.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)

    letters = "".join(sorted(set("".join(microgpt.NAMES))))
    tokens = [len(letters), *(letters.index(letter) for letter in name), len(letters)]
    count, width = len(name) + 1, microgpt.EMBEDDING // microgpt.HEADS
    x = norm(w["token"][tokens[:-1]] + w["position"][:count])
    q, k, v = (norm(x) @ w[each].T for each in ("query", "key", "value"))
    seen = []
    for head in range(microgpt.HEADS):
        part = slice(head * width, (head + 1) * width)
        scores = q[:, part] @ k[:, part].T / np.sqrt(width)
        scores[np.triu_indices(count, 1)] = -np.inf  # no looking ahead
        seen.append(softmax(scores) @ v[:, part])
    x = x + np.concatenate(seen, axis=1) @ w["mix"].T
    x = x + np.maximum(norm(x) @ w["up"].T, 0) @ w["down"].T
    shares = softmax(x @ w["logits"].T)
    return -np.log(shares[np.arange(count), tokens[1:]]).mean()


def test_loss_is_that_of_matrices() -> None:
    state = microgpt.new_state(random.Random(3))
    for matrix in state.values():
        for row in matrix:
            for p in row:
                p.data *= 8  # so that attention and softmax are not nearly uniform
    for name in ("jo", "anna", "aleksandra"[:10]):
        tokens, weights = (each[0].tolist() for each in microgpt.encoded([name]))
        assert microgpt.loss_of(state, tokens, weights).data == pytest.approx(
            reference_loss(state, name), rel=1e-10
        )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One run of four epochs."""
    return written_by(tmp_path_factory, "microgpt", "--epochs", 4)


def test_it_learns_and_writes_names(written) -> None:
    folder, outcome = written
    assert (outcome.status, outcome.err) == (0, "")
    rows = [
        [float(x) for x in line.split()]
        for line in outcome.out.splitlines()
        if re.match(r"\d +\d\.\d{4}", line)
    ]
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert rows[-1][2] < microgpt.GOAL < np.log(27)
    names = re.findall(r"[a-z]+", outcome.out.split("letter by letter:\n\n")[1].split("\n\n")[0])
    assert len(names) == microgpt.SAMPLES
    assert max(map(len, names)) <= 11
    vowels = [name for name in names if set(name) & set("aeiouy")]
    assert len(vowels) >= 18
    assert "Lifted or not, the loss and all gradients are the same" in outcome.out
    assert_plot(folder / "microgpt_loss.png")


def test_too_few_epochs_and_another_seed(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setattr(microgpt, "NAMES", microgpt.NAMES[::24])
    monkeypatch.setattr(microgpt, "compare", lambda *_: True)
    one, again, other = (
        in_process(capsys, "microgpt", "--epochs", 1, "--seed", seed, "--out", out_dir) for seed in (0, 0, 1)
    )
    assert one.status == 1
    assert "On names held out the loss is" in one.err
    assert one == again != other


def test_names_are_lower_case_letters_each_once_and_short() -> None:
    assert len(set(microgpt.NAMES)) == len(microgpt.NAMES) > 1000
    assert all(re.fullmatch("[a-z]{2,10}", name) for name in microgpt.NAMES)
