"""Attributes that PyTorch and NumPy have and a Value lacks say what to write instead."""

import pytest

import engine
from engine import Value
from engine.node.habits import ENGINE_INSTEAD, VALUE_INSTEAD
from engine.node.value import Value as Reference

NODES = list({Value, Reference})


@pytest.mark.parametrize("kind", NODES)
@pytest.mark.parametrize("name", VALUE_INSTEAD)
def test_those_it_has_not_say_what_to_write(kind, name) -> None:
    x = kind(3.0)
    assert not hasattr(x, name)
    with pytest.raises(AttributeError, match=f"a Value has no '{name}': .{{20,}}"):
        getattr(x, name)
    setattr(x, name, "mine")  # attributes that you set have any name
    assert getattr(x, name) == "mine"


@pytest.mark.parametrize("name", ENGINE_INSTEAD)
def test_what_engine_calls_otherwise_is_named(name) -> None:
    with pytest.raises(AttributeError, match=f"module 'engine' has no attribute '{name}'; take .+"):
        getattr(engine, name)
