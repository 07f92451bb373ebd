"""Who is called while a training runs."""

import pytest

from nn import MLP, TrainingState
from nn.training.callbacks import checked_callbacks, notify


class Both:
    def __init__(self):
        self.seen = []

    def on_epoch_end(self, state):
        self.seen.append("epoch")

    def on_batch_end(self, state):
        self.seen.append("batch")


class BatchOnly:
    def on_batch_end(self, state):
        state.stop("enough")


class CallableToo(BatchOnly):
    def __call__(self, state):
        state.stop("called")


def state():
    return TrainingState(MLP(1, [1]), None, epochs=3)


def test_methods_are_called_for_their_event() -> None:
    both = Both()
    notify([both], "on_batch_end", state())
    notify([both], "on_epoch_end", state())
    assert both.seen == ["batch", "epoch"]


def test_functions_are_called_after_epochs_only() -> None:
    seen = []
    notify([seen.append], "on_batch_end", state())
    assert seen == []
    now = state()
    notify([seen.append], "on_epoch_end", now)
    assert seen == [now]


def test_object_that_can_be_called_is_called_after_epochs() -> None:
    for kind, event, stopped in [
        (BatchOnly, "on_epoch_end", ""),
        (BatchOnly, "on_batch_end", "enough"),
        (CallableToo, "on_epoch_end", "called"),
        (CallableToo, "on_batch_end", "enough"),
    ]:
        now = state()
        notify([kind()], event, now)
        assert now.stopped == stopped


def test_stopping_has_a_reason() -> None:
    now = state()
    now.stop()
    assert now.stopped == "stopped by a callback"


def test_one_or_several_may_be_given() -> None:
    both = Both()
    assert checked_callbacks(both) == checked_callbacks([both]) == checked_callbacks((both,)) == [both]
    assert checked_callbacks(()) == []


@pytest.mark.parametrize("wrong", [3, [3], ["print"], None, "print"])
def test_what_can_not_be_called_is_refused(wrong) -> None:
    with pytest.raises(TypeError, match="a callback must be a function of the training's state"):
        checked_callbacks(wrong)
