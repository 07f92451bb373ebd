"""Trainings that are interrupted and go on: the numbers are, bit for bit, those of one that was not."""

import json
import random
import subprocess
import sys

import numpy as np
import pytest

import nn
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
from nn.optim.param_groups import ADDED
from nn.serialization.encoding import from_arrays, to_arrays
from nn.serialization.npz import read_arrays, write_arrays
from tests.sampling import THOROUGH
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


@pytest.mark.unmeasured
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


@pytest.mark.unmeasured
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
from tests.nn.training.test_resume import start
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


class AMSGrad(Adam):
    """An optimiser with the settings and the memory of another."""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": SGD}, r"run\.npz': its 'optimizer' does not fit: .*SGD"),
        ({"schedule": lambda optimizer: ExponentialLR(optimizer, 0.9)}, "the checkpoint has no 'schedule'"),
        ({"early_stopping": 3}, "the checkpoint has no 'early_stopping'"),
        ({"validation": 0.5}, r"run\.npz' is of a training on 30 samples, got 15 here"),
        ({"batch_size": 4}, r"run\.npz': its 'batch_size' does not fit: it is 8, got 4 here"),
        ({"batch_size": None}, r"run\.npz': its 'batch_size' does not fit: it is 8, got 30 here"),
        (
            {"validation": (data()[0][:5], data()[1][:5])},
            r"run\.npz': its 'validation samples' does not fit: it is 0, got 5 here",
        ),
        (
            {"loss": lambda outputs, y: nn.cross_entropy(outputs, y)},
            r"run\.npz': its 'loss' does not fit: it is 'cross_entropy', got '<lambda>' here",
        ),
        ({"optimizer": nn.NAdam}, r"run\.npz': its 'optimizer' does not fit: .*'Adam', got 'NAdam' here"),
        ({"optimizer": AMSGrad}, r"run\.npz': its 'optimizer' does not fit: .*'Adam', got 'AMSGrad' here"),
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


@pytest.mark.parametrize("other", [30, 31, 1000, None])
def test_batch_sizes_that_hold_all_samples_are_one(other, tmp_path) -> None:
    expected = start(batch_size=50)[1](epochs=4)
    start(batch_size=50)[1](epochs=2, checkpoint=tmp_path / "run.npz")
    assert start(seed=4, batch_size=other)[1](epochs=4, resume=tmp_path / "run.npz") == expected


def test_a_loss_is_the_same_by_its_name_and_as_a_function(tmp_path) -> None:
    expected = start()[1](epochs=4)
    start(loss="cross_entropy")[1](epochs=2, checkpoint=tmp_path / "run.npz")
    assert start(seed=4, loss=nn.cross_entropy)[1](epochs=4, resume=tmp_path / "run.npz") == expected


def test_settings_of_the_optimizer_are_those_of_the_file(tmp_path) -> None:
    expected = start()[1](epochs=4)
    start()[1](epochs=2, checkpoint=tmp_path / "run.npz")
    optimizers = []

    def other(parameters):
        optimizers.append(Adam(parameters, lr=0.5, betas=(0.5, 0.9)))
        return optimizers[-1]

    assert start(seed=4, optimizer=other)[1](epochs=4, resume=tmp_path / "run.npz") == expected
    group = optimizers[0].param_groups[0]
    assert (group["lr"], group["betas"]) == (0.05, (0.9, 0.999))


def test_a_file_of_before_arguments_were_kept_goes_on(tmp_path) -> None:
    path = tmp_path / "run.npz"
    expected = start()[1](epochs=4)
    start()[1](epochs=2, checkpoint=path)
    write_arrays(path, to_arrays(edited(from_arrays(read_arrays(path)), ("arguments",), MISSING)))
    assert start(seed=4)[1](epochs=4, resume=path) == expected


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


def test_a_stopped_training_that_is_resumed_keeps_the_same_best(tmp_path) -> None:
    def trained(**options):
        model = MLP(1, [1], bias=False, init=1.0)
        fit(
            model,
            [[1.0], [0.5]],
            [0.0, 0.0],
            loss="mse",
            optimizer=lambda parameters: SGD(parameters, lr=0.9, momentum=0.9),
            early_stopping=3,
            **options,
        )
        return model.parameters()[0].data

    expected = trained(epochs=6)
    trained(epochs=4, checkpoint=tmp_path / "run.npz")
    assert trained(epochs=6, resume=tmp_path / "run.npz") == expected


# -- files that were edited


def parts(seed=0):
    model = Sequential(
        MLP(2, [2, 2], activation="noisy_relu", rng=seed), Dropout(0.1, rng=random.Random(seed))
    )
    optimizer = Adam(model.parameters(), lr=0.05)
    generator = np.random.default_rng(seed)
    stopping = EarlyStopping(5)
    schedule = ExponentialLR(optimizer, gamma=0.9)

    def train(**more):
        return fit(
            model,
            *data(),
            loss="cross_entropy",
            optimizer=optimizer,
            rng=generator,
            early_stopping=stopping,
            schedule=schedule,
            **more,
        )

    def told():
        sources = [
            item.bit_generator.state if isinstance(item, np.random.Generator) else item.getstate()
            for item in (generator, model.layers[0].layers[0].neurons[0].activation.rng, model.layers[1].rng)
        ]
        return str(
            (
                model.state_dict(),
                optimizer.state_dict(),
                schedule.state_dict(),
                stopping.state_dict(),
                sources,
            )
        )

    return train, told


def places(item, place=()):
    """All places in a nested state, of which of many alike only the first and the last."""
    if isinstance(item, dict):
        inside = list(item.items())
    elif isinstance(item, (list, tuple)):
        inside = list(enumerate(item))
    else:
        inside = []
    for key, each in inside if len(inside) <= 10 else [inside[0], inside[-1]]:
        yield (*place, key)
        yield from places(each, (*place, key))


def item_at(state, place):
    for key in place:
        state = state[key]
    return state


MISSING = object()


def edited(item, place, new):
    """A copy of a nested state with something else at one place."""
    if not place:
        return new
    key, *rest = place
    if isinstance(item, dict):
        changed = {k: edited(each, rest, new) if k == key else each for k, each in item.items()}
        return {k: each for k, each in changed.items() if each is not MISSING}
    changed = [edited(each, rest, new) if i == key else each for i, each in enumerate(item)]
    return type(item)(each for each in changed if each is not MISSING)


WRONG = {
    int: ["x", None, 1.5, -3, [], {}, [1], MISSING],
    float: ["x", None, [], {}, [1.0], np.zeros(2), MISSING],
    bool: ["x", None, 2, [], MISSING],
    str: ["x", None, 1, [], MISSING],
    list: ["x", None, 5, {}, {"a": 1}, [None], MISSING],
    tuple: ["x", None, 5, {}, (), MISSING],
    dict: ["x", None, 5, [], [1], {"a": 1}, MISSING],
    np.ndarray: ["x", None, 5, [], np.zeros((2, 2)), np.zeros(0), np.array("x"), MISSING],
    type(None): ["x", 5, [], MISSING],
}
"""What a field of a type may not be."""


def leaves_a_possible_state(place, wrong):
    """Edits after which the file is that of another training, but one there may have been."""
    return wrong is MISSING and (
        place[:2] == ("history", "lr")
        or place[-1] in ("initial_lr", "frozen", *ADDED)
        or place == ("arguments",)
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run.npz"
    parts()[0](epochs=3, checkpoint=path)
    return from_arrays(read_arrays(path))


@pytest.mark.unmeasured
def test_every_field_of_an_edited_file_is_checked_before_anything_changes(saved, tmp_path) -> None:
    path, faults, count = tmp_path / "edited.npz", [], 0
    for i, place in enumerate(places(saved)):
        right = item_at(saved, place)
        for k, wrong in enumerate(WRONG[type(right)]):
            if k != i % len(WRONG[type(right)]) and not THOROUGH:  # one for each place, of every kind in turn
                continue
            if leaves_a_possible_state(place, wrong):
                continue
            count += 1
            write_arrays(path, to_arrays(edited(saved, place, wrong)))
            train, told = parts(seed=1)
            before = told()
            try:
                train(epochs=4, resume=path)
            except ValueError as error:
                if told() != before:
                    faults.append((place, wrong, "changed"))
                message = str(error)
                names = [str(key) for key in place if isinstance(key, str)]
                if "edited.npz" not in message or not any(name in message for name in names):
                    faults.append((place, wrong, message))
            except Exception as error:
                faults.append((place, wrong, repr(error)))
            else:
                faults.append((place, wrong, "accepted"))
    assert not faults, "\n".join(map(str, faults))
    assert count > (500 if THOROUGH else 60)


@pytest.mark.parametrize(
    ("place", "wrong", "message"),
    [
        (("history",), 5, r"edited\.npz': history must be a dict of numbers by name, got 5"),
        (("epoch",), "x", r"edited\.npz': epoch must be an integer, got 'x' of type str"),
        (("epoch",), -3, r"edited\.npz': epoch must be at least 0, got -3"),
        (("epoch",), 1.5, r"edited\.npz': epoch must be an integer, got 1\.5 of type float"),
        (
            ("epoch",),
            2,
            r"edited\.npz': epoch is 2, but history holds counts of numbers of {'loss': 3, 'lr': 3",
        ),
        (("samples",), MISSING, r"edited\.npz' is not a checkpoint of fit: it has no samples"),
        (("early_stopping", "waited"), 0.5, r"its 'early_stopping' does not fit: waited must be an integer"),
        (("early_stopping", "parameters"), {"a": 1.0}, r"its parameters \['a'\] are not those of this Sequ"),
        (("optimizer", "state", 0, "step"), [0.5] * 12, r"its 'optimizer' does not fit: step must be counts"),
    ],
)
def test_the_message_names_file_and_field(place, wrong, message, saved, tmp_path) -> None:
    path = tmp_path / "edited.npz"
    write_arrays(path, to_arrays(edited(saved, place, wrong)))
    train, told = parts(seed=1)
    before = told()
    with pytest.raises(ValueError, match=message):
        train(epochs=4, resume=path)
    assert told() == before


def test_parameters_that_a_callback_froze_stay_frozen(tmp_path) -> None:
    X, y = data()

    def freeze(state) -> None:
        if state.epoch == 2:
            for parameter in state.model.layers[0].parameters():
                parameter.requires_grad = False

    def trained(epochs: int, **options) -> MLP:
        model = MLP(2, [3, 1], rng=0)
        usual = {"loss": "mse", "optimizer": Adam, "rng": 0, "callbacks": freeze}
        fit(model, X, y, epochs=epochs, **usual | options)
        return model

    trained(4, checkpoint=tmp_path / "run.npz")
    resumed, whole = trained(7, resume=tmp_path / "run.npz"), trained(7)
    assert resumed.state_dict() == whole.state_dict()
    assert not any(parameter.requires_grad for parameter in resumed.layers[0].parameters())
    assert all(parameter.requires_grad for parameter in resumed.layers[1].parameters())
