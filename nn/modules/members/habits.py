"""Methods of PyTorch's modules that these lack: errors that say what to write instead."""

from engine.node.habits import Instead

__all__ = ["MODULE_INSTEAD"]

_PLACE = "every number is a float64 in Python's memory; leave the call out"
_SET = "set an attribute, as in self.scale = nn.Parameter(1.0): it is found there"
_HOOK = "call the layer and look at what it returns; a gradient is seen by register_hook of a Value"

MODULE_INSTEAD: dict[str, Instead] = {
    **{name: Instead(_PLACE) for name in ("to", "cpu", "cuda", "double", "float", "half", "bfloat16")},
    **{name: Instead(_SET) for name in ("register_parameter", "add_module", "register_module")},
    **{
        name: Instead(_HOOK)
        for name in ("register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook")
    },
    "buffers": Instead("named_buffers() has their numbers by name"),
    "get_parameter": Instead("dict(module.named_parameters()) has them by name"),
    "get_submodule": Instead("dict(module.named_modules()) has them by name"),
    "compile": Instead("engine.jit(module) lifts it, and nn.fit(..., jit=True) its training"),
    "fit": Instead("nn.fit(model, X, y, loss=..., optimizer=..., epochs=...) trains it"),
    "predict": Instead("nn.predict(model, X) has its outputs for samples"),
}
"""What modules of PyTorch, and models of Keras and scikit-learn, have and a Module has not."""
