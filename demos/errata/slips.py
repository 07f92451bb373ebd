"""The slips of the lectures in a derivation, E-1 to E-4 and E-7, each with the right form.

Glossary: h is the hidden layer, y the output, t the targets, C the cost, dq the derivative of C by q.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import DerivationReport, check_derivation

__all__ = ["SLIPS", "Slip"]

NETWORK = "h1 = sigmoid(W1 @ x); z2 = W2 @ h1; y = sigmoid(z2); C = ((y - t)**2).sum()/2"
NEURON = "u = w*x + b; y = sigmoid(u); C = (y - t)**2/2"
SOFTMAX = "e = exp(o); p = e/e.sum(); C = -(t*log(p)).sum()"


@dataclass(frozen=True)
class Slip:
    """A slip in a derivation.

    Attributes:
        name: such as "E-1".
        says: what is wrong, in a sentence.
        given: what is differentiated, in lines of text.
        shapes: of the names that it leaves open; () for a number, and the targets by themselves.
        written: the derivation with the slip.
        right: the right one.
    """

    name: str
    says: str
    given: str
    shapes: dict[str, Any]
    written: str
    right: str

    def point(self, rng: np.random.Generator) -> dict[str, Any]:
        """Random numbers for the names left open, of sizes from 0.3 to 1.5; targets as they are."""
        found: dict[str, Any] = {}
        for name, shape in self.shapes.items():
            sizes = rng.uniform(0.3, 1.5, shape) * rng.choice([-1.0, 1.0], shape)
            found[name] = sizes if isinstance(shape, tuple) and shape else float(sizes)
            if name == "t":
                found[name] = np.eye(max(*shape, 1))[0] if shape else 1.0  # the first is the right one
        return found

    def checked(self, right: bool, rng: np.random.Generator) -> DerivationReport:
        """The report on the slip, or on the right form."""
        return check_derivation(self.given, self.right if right else self.written, self.point(rng))


def _backward(dz2: str = "(y - t)*y*(1 - y)", dh1: str = "W2.T @ dz2") -> str:
    lines = f"""
        dz2 = {dz2}
        dW2 = np.outer(dz2, h1)
        dh1 = {dh1}
        dz1 = dh1*h1*(1 - h1)
        dW1 = np.outer(dz1, x)
    """
    return "\n".join(line.strip() for line in lines.strip().splitlines())


def _layers(outputs: int) -> dict[str, Any]:
    return {"W1": (3, 2), "x": (2,), "W2": (outputs, 3), "t": (outputs,)}


NUMBERS: dict[str, Any] = {"w": (), "x": (), "b": (), "t": ()}

SLIPS = [
    Slip("E-1", "The error goes back to the hidden layer by the gradient of W2, where W2 itself belongs. All "
         "shapes fit, and the cost may fall all the same.",
         NETWORK, _layers(2), _backward(dh1="dW2.T @ dz2"), _backward()),
    Slip("E-2", "The logistic function is written 1/(1 + e^u), without the minus: it falls where it should "
         "rise.",
         NEURON, NUMBERS,
         "y = 1/(1 + exp(u))\ndw = (y - t)*y*(1 - y)*x", "y = 1/(1 + exp(-u))\ndw = (y - t)*y*(1 - y)*x"),
    Slip("E-3", "Softmax is written without exponentials. Its shares may be negative.",
         SOFTMAX, {"o": (3,), "t": (3,)}, "p = o/o.sum()\ndo = p - t", "p = exp(o)/exp(o).sum()\ndo = p - t"),
    Slip("E-4", "σ'(x) is defined as σ(x)(1 − σ(x)), and is then taken of the output y, which is after the "
         "activation. Right is σ'(z), or y(1 − y).",
         NETWORK, _layers(2), _backward(dz2="(y - t)*σ'(y)"), _backward(dz2="(y - t)*σ'(z2)")),
    Slip("E-7", "The cost is Σ(y − t)²/n, and is differentiated as if its factor were ½. With two outputs "
         "nobody notices; here are three.",
         NETWORK.replace("/2", "/3"), _layers(3), _backward(), _backward(dz2="2/3*(y - t)*y*(1 - y)")),
    Slip("E-7", "σ' counts as 1 at the output, and as σ'(z) in the hidden layer.",
         NETWORK, _layers(2), _backward(dz2="y - t"), _backward()),
]  # fmt: skip
"""The slips that are derivations, in order."""
