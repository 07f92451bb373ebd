"""The states of a training in one file."""

import os
import random

import numpy as np
import pytest

from nn import (
    MLP,
    SGD,
    Adam,
    Dropout,
    EarlyStopping,
    ExponentialLR,
    Sequential,
    load_checkpoint,
    save_checkpoint,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.npz"


def parts(seed):
    model = Sequential(MLP(2, [3, 1], rng=seed, dropout=0.5), Dropout(0.1, rng=random.Random(seed)))
    optimizer = Adam(model.parameters(), lr=0.1)
    schedule = ExponentialLR(optimizer, gamma=0.9)
    model([1.0, 1.0]).backward()
    optimizer.step()
    schedule.step()
    return {
        "model": model,
        "optimizer": optimizer,
        "schedule": schedule,
        "stopping": EarlyStopping(patience=seed + 2),
        "rng": np.random.default_rng(seed),
        "python": random.Random(seed),
    }


def numbers(parts):
    """All that the parts are made of and do next."""
    model, optimizer = parts["model"], parts["optimizer"]
    before = model.state_dict()
    outputs = [model([1.0, 1.0]).data for _ in range(4)]
    model.zero_grad()
    model([1.0, -1.0]).backward()
    optimizer.step()
    parts["schedule"].step()
    return before, outputs, model.state_dict(), optimizer.lr, parts["rng"].random(), parts["python"].random()


def test_all_parts_go_on_bit_for_bit(path) -> None:
    saved, other = parts(0), parts(1)
    save_checkpoint(path, **saved, epoch=3, history={"loss": [0.5, 0.25]})
    assert load_checkpoint(path, **other) == {"epoch": 3, "history": {"loss": [0.5, 0.25]}}
    assert numbers(other) == numbers(saved)


def test_numpy_reads_the_file_without_pickle(path) -> None:
    save_checkpoint(path, **parts(0))
    with np.load(path, allow_pickle=False) as archive:
        assert "optimizer.state.0.exp_avg" in archive.files
        assert '"layers.0.layers.0.neurons.0.w.0"' in str(archive["state.json"])


def test_only_what_is_asked_for_is_loaded(path) -> None:
    save_checkpoint(path, model=parts(0)["model"], epoch=3)
    model = parts(1)["model"]
    assert load_checkpoint(path, model=model) == {"epoch": 3}
    assert set(load_checkpoint(path)) == {"model", "epoch"}


def test_python_s_own_generator_is_saved_where_a_model_draws_from_it(path) -> None:
    model = MLP(2, [8, 1], init="ones", dropout=0.5)
    random.seed(1)
    save_checkpoint(path, model=model)
    first = model([1.0, 1.0]).data
    random.seed(2)
    load_checkpoint(path, model=model)
    assert model([1.0, 1.0]).data == first
    save_checkpoint(path, model=MLP(2, [1]))
    assert load_checkpoint(path)["model"]["generators"] == {}


def test_shared_generator_is_saved_once(path) -> None:
    save_checkpoint(path, model=MLP(2, [3, 1], activation="noisy_relu", dropout=0.5, rng=0))
    assert list(load_checkpoint(path)["model"]["generators"]) == ["layers.0.neurons.0.activation.rng"]


# -- what does not fit


def unchanged_after(path, message, changed):
    whole = parts(1)
    whole |= changed
    twin = parts(1) | changed
    with pytest.raises(ValueError, match=message):
        load_checkpoint(path, **whole)
    assert numbers(whole) == numbers(twin)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            lambda: {"rng": np.random.Generator(np.random.MT19937(0))},
            r"its 'rng' does not fit: .*kind 'PCG64'",
        ),
        (lambda: {"stopping": SGD(MLP(1, [1]).parameters())}, r"its 'stopping' does not fit: an optimiser's"),
    ],
)
def test_part_that_does_not_fit_is_named_and_nothing_changes(path, changed, message) -> None:
    save_checkpoint(path, **parts(0))
    whole, twin = parts(1) | changed(), parts(1) | changed()
    with pytest.raises(ValueError, match=message):
        load_checkpoint(path, **whole)
    assert numbers(whole) == numbers(twin)


def test_another_model_or_one_with_other_generators_is_refused(path) -> None:
    save_checkpoint(path, model=MLP(2, [3, 1], dropout=0.5, rng=0))
    other = MLP(2, [2, 1], dropout=0.5, rng=0)
    before = other.state_dict()
    with pytest.raises(ValueError, match=r"run\.npz': its 'model' does not fit: the state_dict does not fit"):
        load_checkpoint(path, model=other)
    assert other.state_dict() == before
    plain = MLP(2, [3, 1], rng=1)
    before = plain.state_dict()
    with pytest.raises(
        ValueError, match=r"generators for \['dropout\.rng'\], but this MLP for \[\]; was it made"
    ):
        load_checkpoint(path, model=plain)
    assert plain.state_dict() == before


def test_missing_part_is_named(path) -> None:
    save_checkpoint(path, epoch=3)
    with pytest.raises(ValueError, match=r"run\.npz': the checkpoint has no 'model', only 'epoch'"):
        load_checkpoint(path, model=MLP(1, [1]))


def test_plain_data_takes_over_nothing(path) -> None:
    save_checkpoint(path, epoch=3)
    with pytest.raises(TypeError, match="epoch=0 has no state to restore; plain data is returned"):
        load_checkpoint(path, epoch=0)


def test_what_can_not_be_saved_is_refused_and_leaves_the_old_file(path) -> None:
    save_checkpoint(path, epoch=3)
    with pytest.raises(TypeError, match=r"in 'function'"):
        save_checkpoint(path, function=print)
    assert load_checkpoint(path) == {"epoch": 3}
    assert os.listdir(path.parent) == ["run.npz"]


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04"])
def test_damaged_file_is_named(path, content) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"run\.npz' is not an \.npz file of arrays") as caught:
        load_checkpoint(path)
    assert str(caught.value).count("run.npz") == 1


def test_saved_model_is_no_checkpoint(path) -> None:
    MLP(1, [1]).save(path)
    with pytest.raises(ValueError, match=r"run\.npz': there is no saved state in it"):
        load_checkpoint(path)


def test_missing_file_is_an_os_error(path) -> None:
    with pytest.raises(FileNotFoundError):
        load_checkpoint(path)


LONG = "x" * 100_000


@pytest.mark.parametrize(
    "act",
    [
        lambda path: MLP(1, [1]).load_state_dict({LONG: 1.0, LONG + "y": 2.0}),
        lambda path: MLP(1, [1]).load_state_dict({**MLP(1, [1]).state_dict(), "layers.0.neurons.0.b": LONG}),
        lambda path: SGD(MLP(1, [1]).parameters()).load_state_dict(
            {"param_groups": [{LONG: 1}], "state": [{}]}
        ),
        lambda path: EarlyStopping().load_state_dict(
            {"best": 1.0, "best_epoch": 1, "waited": 0, "parameters": {LONG: LONG}}
        ),
        lambda path: load_checkpoint(path, **{LONG: MLP(1, [1])}),
        lambda path: load_checkpoint(path, model=MLP(1, [1])),
        lambda path: load_checkpoint(path, generator=np.random.default_rng(0)),
        lambda path: load_checkpoint(path, missing=MLP(1, [1])),
        lambda path: save_checkpoint(path, **{LONG: print}),
        lambda path: MLP(1, [1]).load(path),
    ],
)
def test_no_message_repeats_a_long_name(act, path) -> None:
    save_checkpoint(
        path,
        **{LONG: 1.0},
        model={"parameters": {LONG: 1.0}, "generators": {LONG: 1}},
        generator={"bit_generator": LONG},
    )
    with pytest.raises((ValueError, TypeError)) as caught:
        act(path)
    assert len(str(caught.value)) < 1500
