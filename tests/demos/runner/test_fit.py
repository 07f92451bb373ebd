"""Training as a demo does it."""

import pytest

from demos.runner.account import Account
from demos.runner.fit import learn
from nn import MLP, SGD

X, Y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]


def trained(account: Account, **choices):
    model = MLP(1, [1], init="zeros")
    optimizer = SGD(model.parameters(), lr=0.1)
    return learn("a line", model, X, Y, epochs=4, account=account, loss="mse", optimizer=optimizer, **choices)


def test_the_history_is_that_of_all_epochs_and_nothing_is_printed(capsys) -> None:
    history = trained(Account(), rng=0)
    assert history.epochs == 4
    assert history["loss"][0] == pytest.approx((1 + 9 + 25) / 3)
    assert capsys.readouterr() == ("", "")


def test_the_account_says_how_far_an_interrupted_training_came() -> None:
    account, seen = Account(), []

    def loss(outputs, targets):
        seen.append(account.doing)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return sum((o - t) ** 2 for o, t in zip(outputs, targets, strict=True))

    model = MLP(1, [1], init="zeros")
    with pytest.raises(KeyboardInterrupt):
        learn("a line", model, X, Y, epochs=4, account=account, loss=loss, optimizer=SGD(model.parameters()))
    assert seen[0] == "training a line, in epoch 1 of 4"
    assert account.doing.startswith("training a line, after epoch 2 of 4, at loss ")


def test_afterwards_the_account_looks_at_what_was_learned() -> None:
    account = Account()
    trained(account)
    assert account.doing == "looking at what a line learned"
