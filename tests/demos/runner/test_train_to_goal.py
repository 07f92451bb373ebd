"""Training takes the steps it should, stops when it should, and says how far it came."""

import pytest

from demos.runner.account import Account
from demos.runner.train_to_goal import Training, train
from engine import Value
from nn import SGD


def descend(w: Value, *, epochs: int, goal: float, account: Account) -> Training:
    """Halve w at each step, on the way down w*w."""
    return train(
        "w", lambda: w * w, SGD([w], lr=0.25), epochs=epochs, goal=lambda: w <= goal, account=account
    )


def test_stops_at_the_goal() -> None:
    w = Value(8.0)
    training = descend(w, epochs=100, goal=1.0, account=Account())
    assert training == Training(losses=[64.0, 16.0, 4.0], reached=True)
    assert (w.data, training.epochs) == (1.0, 3)


def test_stops_when_the_epochs_are_used_up() -> None:
    w = Value(8.0)
    training = descend(w, epochs=2, goal=1.0, account=Account())
    assert training == Training(losses=[64.0, 16.0], reached=False)
    assert w.data == 2.0


def test_gradients_do_not_pile_up() -> None:
    w = Value(8.0)
    w.grad = 1e6
    descend(w, epochs=1, goal=0.0, account=Account())
    assert w.data == 4.0


def test_interruption_leaves_the_epoch_and_the_loss_in_the_account() -> None:
    account = Account()
    w = Value(8.0)

    def loss() -> Value:
        if w.data < 4.0:
            raise KeyboardInterrupt
        return w * w

    with pytest.raises(KeyboardInterrupt):
        train("w", loss, SGD([w], lr=0.25), epochs=9, goal=lambda: False, account=account)
    assert account.doing == "training w, in epoch 3 of 9, at loss 16.0000"


@pytest.mark.parametrize(("epochs", "took"), [(1, "1 epoch"), (2, "2 epochs")])
def test_took_counts_in_words(epochs, took) -> None:
    assert Training([0.5] * epochs).took == took


def test_advice_is_more_epochs_first_then_another_start() -> None:
    assert Training([0.5] * 10).advice(usual=50) == "Try more: --epochs 50."
    assert "--seed" in Training([0.5] * 50).advice(usual=50)
    assert "--epochs 100" in Training([0.5] * 50).advice(usual=50)
