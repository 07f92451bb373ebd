"""What the lines of a derivation are said to be: gradients, partials, or steps on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.checks.derivation.written.naming import Claim, claim_of
from engine.checks.derivation.written.reading import DerivationError

__all__ = ["claims_of_lines", "finals"]


def claims_of_lines(
    by_hand: Any, known: set[str], constants: set[str], loss: Sequence[str]
) -> list[Claim | None]:
    """What each line is said to be.

    Args:
        by_hand: the derivation.
        known: the names of quantities.
        constants: those that f fixes as numbers, by which nothing is differentiated.
        loss: the names of the loss.

    Raises:
        DerivationError: which gradients a function returns is not clear.
    """
    lines = by_hand.program.lines
    last = {name: i for i, line in enumerate(lines) for name in line.targets}
    claims: list[Claim | None] = []
    for i, line in enumerate(lines):
        name, claim = line.name, None
        if len(line.targets) == 1 and last[name] == i:
            if name in by_hand.setting.names and by_hand.program.unit == "formula":
                claim = Claim("gradient", name)
            elif name not in by_hand.setting.names:
                claim = claim_of(name, known, loss)
            if claim is not None and claim.kind != "value" and claim.by in constants:
                claim = None
            if claim is not None:
                claim = claim._replace(by=by_hand.renamed.get(claim.by, claim.by),
                                       of=by_hand.renamed.get(claim.of, claim.of))  # fmt: skip
        claims.append(claim)
    for slot, quantity in _quantities(by_hand, claims).items():
        name = by_hand.program.returned[slot]
        claims[last[name]] = Claim("gradient", quantity)
    return claims


def _quantities(by_hand: Any, claims: Sequence[Claim | None]) -> dict[int | str, str]:
    """The arguments whose gradients a function returns, by position or key."""
    returned = by_hand.program.returned
    if not returned:
        return {}
    names = by_hand.setting.names
    by_line = {line.name: claim for line, claim in zip(by_hand.program.lines, claims, strict=True)}
    found: dict[int | str, str] = {}
    for slot, name in returned.items():
        key = claim_of(slot, names) if isinstance(slot, str) else None
        if isinstance(slot, str) and slot in names:
            found[slot] = slot
        elif key is not None:
            found[slot] = key.by
        elif (claim := by_line.get(name)) is not None and claim.kind == "gradient" and claim.sure:
            found[slot] = claim.by
    if len(found) == len(returned) and len(set(found.values())) == len(found):
        return found
    wanted = by_hand.wrt if by_hand.wrt is not None else names
    count = 1 + max((slot for slot in returned if isinstance(slot, int)), default=-1)  # None between them
    positions = [slot for slot in returned if isinstance(slot, int) and slot < len(wanted)]
    by_place: dict[int | str, str] = {slot: wanted[slot] for slot in positions}
    fits = count == len(wanted) if by_hand.wrt is not None else count <= len(wanted)
    named = any(isinstance(slot, str) for slot in returned)
    clash = any(by_place.get(slot) != name for slot, name in found.items() if name in names)
    if fits and not named and not clash:  # dz, of a step, may be what an argument's is too
        return by_place
    unknown = [slot for slot in returned if slot not in found]
    what = f"{len(returned)} result{'s' * (len(returned) > 1)}"
    raise DerivationError(
        f"backward returns {what}, and which gradient {'each' if len(unknown) > 1 else 'one'} is does "
        f"not show: f has the arguments {', '.join(names)}. Return a dict, such as "
        f"{{{', '.join(repr(n) + ': …' for n in names[:2])}}}, or say wrt={[*names[: len(returned)]]!r}"
    )


def finals(by_hand: Any) -> dict[str, int]:
    """By the name of an argument the line that is its gradient.

    Raises:
        DerivationError: there is none.
    """
    found = {
        claim.by: i
        for i, claim in enumerate(by_hand.claims)
        if claim is not None and claim.kind == "gradient" and claim.sure
    }
    if by_hand.program.returned:
        last = {name: i for i, line in enumerate(by_hand.program.lines) for name in line.targets}
        kept = {last[name] for name in by_hand.program.returned.values()}
        return {name: i for name, i in found.items() if i in kept}
    of_arguments = {name: i for name, i in found.items() if name in by_hand.setting.names}
    if of_arguments or found:
        return of_arguments or found
    names = [*by_hand.setting.names]
    example = ", ".join(f"d{name}" for name in names[:3])
    raise DerivationError(
        f"no line is a gradient of an argument of f: call them {example}"
        + (", …" if len(names) > 3 else "")
        + f"; the derivation has {', '.join(line.name for line in by_hand.program.lines)}"
    )
