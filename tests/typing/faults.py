"""Lines that type checkers must call faults, each marked; nothing here is ever run."""

import chainrule
import engine
from engine import Value, tanh


def faults() -> None:
    x = Value(0.5)
    x.tanhh()  # fault
    engine.sinn(x)  # fault
    x + "2"  # fault
    x.hypot()  # fault
    tanh(x, x)  # fault
    tanh("0.5")  # fault
    engine.sum(x)  # fault
    (x * 2).bakward()  # fault
    (1 / x).tanh().datta  # fault  # noqa: B018
    Value("2")  # fault
    count: int = engine.tanh(2.0)  # fault
    engine.mean(x, 1.0).items()  # fault
    x.datum = 3.0  # fault
    chainrule.sinn(x)  # fault
    chainrule.nn.MLPP(2, [1])  # fault
    print(count)
