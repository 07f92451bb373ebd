"""Settings as fields of a class: ``lr: NonNegative = 1e-3`` is an argument, its default, and its check."""

from __future__ import annotations

from dataclasses import Field, field
from inspect import Parameter, Signature, get_annotations
from typing import Any, ClassVar, dataclass_transform

from nn.checks import rules_of

__all__ = ["Declared"]


@dataclass_transform(field_specifiers=(field,))
class Declared:
    """Base of families of classes whose settings are fields, as those of a dataclass are.

    A field is an annotation with a rule, see :func:`nn.checks.rules_of`. A class that has fields and no
    ``__init__`` of its own gets one of the fields, its bases' first, which hands all of them by name to the
    next class; with ``field(default=True, init=False)`` a setting is always that.

    Attributes:
        before, behind: the arguments of each class of the family that are not settings.
        fields, always: those that are, and those that are always the same.

    >>> from nn import StepLR
    >>> str(Signature.from_callable(StepLR))
    "(optimizer: 'Optimizer', step_size: 'Count', gamma: 'NonNegative' = 0.1, last_epoch: 'int' = -1) -> None"
    """

    before: ClassVar[tuple[Parameter, ...]]
    behind: ClassVar[tuple[Parameter, ...]] = ()
    fields: ClassVar[dict[str, Parameter]] = {}
    always: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        rules = rules_of(cls)
        if rules and "__init__" not in vars(cls):
            own = {name: vars(cls).get(name) for name in rules}
            fixed = {x: each.default for x, each in own.items() if isinstance(each, Field) and not each.init}
            cls.always = cls.always | fixed
            cls.fields = cls.fields | {name: _parameter(cls, name) for name in rules}
            cls.rules = {**cls.rules, **rules}  # type: ignore[attr-defined]
            cls.__init__ = _init(cls)  # type: ignore[method-assign]
        super().__init_subclass__(**options)


def _parameter(kind: type, name: str) -> Parameter:
    """The argument of a field, whose default is taken out of the class."""
    default: Any = vars(kind).get(name, Parameter.empty)
    if name in vars(kind):
        delattr(kind, name)
    by_name = isinstance(default, Field) and default.kw_only is True
    return Parameter(
        name,
        Parameter.KEYWORD_ONLY if by_name else Parameter.POSITIONAL_OR_KEYWORD,
        default=default.default if isinstance(default, Field) else default,
        annotation=get_annotations(kind)[name],
    )


def _init(kind: Any) -> Any:
    fields = [each for name, each in kind.fields.items() if name not in kind.always]
    arguments = sorted((*kind.before, *fields, *kind.behind), key=lambda each: each.kind)
    itself = Parameter("self", Parameter.POSITIONAL_ONLY)
    signature = Signature([itself, *arguments], return_annotation=None)

    def init(*given: Any, **named: Any) -> None:
        try:
            bound = signature.bind(*given, **named)
        except TypeError as error:
            raise TypeError(f"{init.__qualname__}() {error}") from None
        bound.apply_defaults()
        super(Declared, bound.arguments.pop("self")).__init__(**bound.arguments, **kind.always)

    init.__name__, init.__qualname__ = "__init__", f"{kind.__qualname__}.__init__"
    init.__signature__ = signature  # type: ignore[attr-defined]
    return init
