"""Trainings that are interrupted and go on: the numbers are, bit for bit, those of one that was not."""

import json
import random
import subprocess
import sys

import numpy as np
import pytest

from nn import (
    MLP,
    SGD,
    Adam,
    Dropout,
    EarlyStopping,
    ExponentialLR,
    History,
    RMSprop,
    Sequential,
    fit,
    save_checkpoint,
)
from tests.source_tree import ROOT


def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 2))
    return X, (X[:, 0] * X[:, 1] > 0).astype(int)


SETTINGS = {
    "plain": {},
    "momentum": {"optimizer": lambda parameters: SGD(parameters, lr=0.1, momentum=0.9, nesterov=True)},
    "rmsprop": {"optimizer": RMSprop},
    "schedule": {"schedule": lambda optimizer: ExponentialLR(optimizer, gamma=0.7)},
    "validation": {"validation": 0.3, "metrics": "accuracy"},
    "early stopping": {"validation": 0.3, "early_stopping": 20},
    "full batch": {"batch_size": None},
    "own data": {"validation": ([[1.0, 2.0], [0.5, -0.5]], [1, 0])},
}


def start(seed=0, dropout_rng=1, **options):
    """A model and how it is trained, made anew as in another process."""
    model = Sequential(
        MLP(2, [4, 2], activation="noisy_relu", dropout=0.2, rng=seed), Dropout(0.1, rng=dropout_rng)
    )
    X, y = data()
    usual = {
        "loss": "cross_entropy",
        "optimizer": lambda parameters: Adam(parameters, lr=0.05),
        "batch_size": 8,
        "rng": 3,
    }
    return model, lambda **more: fit(model, X, y, **(usual | options | more))


@pytest.mark.parametrize("setting", SETTINGS)
def test_4_epochs_and_6_more_are_10(setting, tmp_path) -> None:
    whole, train_whole = start(**SETTINGS[setting])
    expected = train_whole(epochs=10)
    _, train_first = start(**SETTINGS[setting])
    train_first(epochs=4, checkpoint=tmp_path / "run.npz")
    model, train_rest = start(seed=99, dropout_rng=98, **SETTINGS[setting])  # other weights, other noise
    history = train_rest(epochs=10, resume=tmp_path / "run.npz", checkpoint=tmp_path / "run.npz")
    assert history == expected
    assert history.epochs == 10
    assert model.state_dict() == whole.state_dict()
    last, train_nothing = start(**SETTINGS[setting])
    assert train_nothing(epochs=10, resume=tmp_path / "run.npz") == expected
    assert last.state_dict() == whole.state_dict()


@pytest.mark.parametrize(
    ("rng", "other"),
    [
        (None, None),
        (3, 4),
        (lambda: np.random.default_rng(3), lambda: np.random.default_rng(4)),
        (lambda: random.Random(3), lambda: 5),
    ],
)
def test_random_numbers_are_those_of_the_file_whatever_the_seed_now(rng, other, tmp_path) -> None:
    def made(source):
        return source() if callable(source) else source

    random.seed(8)
    _, train_whole = start(validation=0.3, dropout_rng=None)
    expected = train_whole(epochs=6, rng=made(rng))
    random.seed(8)
    _, train_first = start(validation=0.3, dropout_rng=None)
    train_first(epochs=2, rng=made(rng), checkpoint=tmp_path / "run.npz")
    random.seed(9)
    _, train_rest = start(seed=5, validation=0.3, dropout_rng=None)
    assert train_rest(epochs=6, rng=made(other), resume=tmp_path / "run.npz") == expected


def test_generator_that_model_and_shuffling_share_goes_on(tmp_path) -> None:
    def made(seed):
        rng = np.random.default_rng(seed)
        return start(dropout_rng=rng, rng=rng)[1]

    expected = made(0)(epochs=6)
    made(0)(epochs=3, checkpoint=tmp_path / "run.npz")
    assert made(1)(epochs=6, resume=tmp_path / "run.npz") == expected


PROGRAM = """
import json, sys
from tests.nn.test_training import start
model, train = start(seed=int(sys.argv[1]), validation=0.3)
history = train(epochs=int(sys.argv[2]), **json.loads(sys.argv[3]))
print(json.dumps([history, model.state_dict()]))
"""


def test_another_process_goes_on_bit_for_bit(tmp_path) -> None:
    def run(*arguments):
        words = [sys.executable, "-c", PROGRAM, *arguments]
        return json.loads(subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout)

    path = str(tmp_path / "run.npz")
    model, train = start(validation=0.3)
    expected = train(epochs=10)
    run("0", "4", json.dumps({"checkpoint": path}))
    history, state = run("7", "10", json.dumps({"resume": path}))
    assert history == expected
    assert state == model.state_dict()


def test_interrupted_training_goes_on_from_its_last_whole_epoch(tmp_path) -> None:
    def interrupt(state):
        if state.epoch == 3:
            raise KeyboardInterrupt

    class InBatch:
        def on_batch_end(self, state):
            if (state.epoch, state.batch) == (4, 2):
                raise KeyboardInterrupt

    expected = start()[1](epochs=6)
    for callback in (interrupt, InBatch()):
        with pytest.raises(KeyboardInterrupt):
            start()[1](epochs=6, checkpoint=tmp_path / "run.npz", callbacks=callback)
        assert start(seed=9)[1](epochs=6, resume=tmp_path / "run.npz") == expected


def test_early_stopping_goes_on_waiting_and_stays_stopped(tmp_path) -> None:
    options = {"validation": 0.3, "optimizer": lambda parameters: SGD(parameters, lr=3.0)}
    whole, train_whole = start(**options)
    expected = train_whole(epochs=60, early_stopping=4)
    assert 4 < expected.epochs < 60
    start(**options)[1](epochs=expected.epochs - 2, early_stopping=4, checkpoint=tmp_path / "run.npz")
    for _ in range(2):  # the second time from the end
        model, train_rest = start(seed=9, **options)
        again = train_rest(
            epochs=60, early_stopping=4, resume=tmp_path / "run.npz", checkpoint=tmp_path / "run.npz"
        )
        assert again == expected
        assert again.stopped == expected.stopped != ""
        assert model.state_dict() == whole.state_dict()


def test_more_patience_goes_on(tmp_path) -> None:
    options = {"validation": 0.3, "optimizer": lambda parameters: SGD(parameters, lr=3.0)}
    stopped = start(**options)[1](epochs=60, early_stopping=2, checkpoint=tmp_path / "run.npz")
    more = start(**options)[1](epochs=60, early_stopping=EarlyStopping(20), resume=tmp_path / "run.npz")
    assert stopped.epochs < more.epochs
    assert more["loss"][: stopped.epochs] == stopped["loss"]


class Count:
    """A callback with a state."""

    epochs = 0

    def __call__(self, state):
        self.epochs += 1

    def state_dict(self):
        return {"epochs": self.epochs}

    def load_state_dict(self, state):
        self.epochs = state["epochs"]


def test_callback_with_a_state_gets_it_back(tmp_path) -> None:
    start()[1](epochs=2, callbacks=[Count()], checkpoint=tmp_path / "run.npz")
    count = Count()
    start()[1](epochs=5, callbacks=count, resume=tmp_path / "run.npz")
    assert count.epochs == 5


def test_training_that_is_done_changes_nothing_more(tmp_path) -> None:
    model, train = start()
    history = train(epochs=3, checkpoint=tmp_path / "run.npz")
    other, train_again = start(seed=4)
    assert train_again(epochs=2, resume=tmp_path / "run.npz") == history
    assert other.state_dict() == model.state_dict()
    assert isinstance(history, History)


# -- what does not fit


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": SGD}, r"run\.npz': its 'optimizer' does not fit: .*SGD"),
        ({"schedule": lambda optimizer: ExponentialLR(optimizer, 0.9)}, "the checkpoint has no 'schedule'"),
        ({"early_stopping": 3}, "the checkpoint has no 'early_stopping'"),
        ({"validation": 0.5}, r"run\.npz' is of a training on 30 samples, got 15 here"),
        ({"rng": np.random.Generator(np.random.MT19937(0))}, "of kind 'PCG64', got one of kind 'MT19937'"),
    ],
)
def test_other_arguments_are_refused_and_nothing_changes(options, message, tmp_path) -> None:
    start()[1](epochs=2, checkpoint=tmp_path / "run.npz")
    model, train = start(seed=4, **options)
    before = model.state_dict()
    with pytest.raises(ValueError, match=message):
        train(epochs=4, resume=tmp_path / "run.npz")
    assert model.state_dict() == before


def test_other_files_are_refused(tmp_path) -> None:
    _, train = start()
    save_checkpoint(tmp_path / "other.npz", epoch=3)
    with pytest.raises(ValueError, match=r"other\.npz' is not a checkpoint of fit"):
        train(epochs=4, resume=tmp_path / "other.npz")
    with pytest.raises(FileNotFoundError):
        train(epochs=4, resume=tmp_path / "none.npz")


def test_file_that_can_not_be_written_says_so(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        start()[1](epochs=1, checkpoint=tmp_path / "none" / "run.npz")
