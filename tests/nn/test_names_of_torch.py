"""Names of torch.nn that nn calls otherwise say what to write."""

import pytest

import nn


@pytest.mark.parametrize("name", nn._INSTEAD)
def test_what_nn_calls_otherwise_is_named(name) -> None:
    with pytest.raises(AttributeError, match=f"module 'nn' has no attribute '{name}'; take .{{5,}}"):
        getattr(nn, name)


def test_what_it_lacks_altogether_has_no_advice() -> None:
    with pytest.raises(AttributeError, match=r"^module 'nn' has no attribute 'CTCLoss'$"):
        nn.CTCLoss  # noqa: B018 - the attribute is what is asked for
