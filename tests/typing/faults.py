"""Lines that type checkers must call faults, each marked; nothing here is ever run."""

import chainrule
import engine
import nn
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
    engine.grad(lambda x: x * x)(2.0).tanh()  # fault
    engine.jit(lambda x: 2.0 * Value(x))(2.0).tanhh()  # fault
    engine.explain(x, x).to_text()  # fault
    nn.MLP(2, [4, 1])([1.0, 2.0]).bakward()  # fault
    nn.Neuron(2)([1.0, 2.0]).tanhh()  # fault
    nn.mse([x], [1.0]).tanhh()  # fault
    nn.SGD(nn.MLP(2, [1]).parameters(), rate=0.1)  # fault
    nn.fitt  # fault  # noqa: B018
    x.datum = 3.0  # fault
    chainrule.sinn(x)  # fault
    chainrule.nn.MLPP(2, [1])  # fault
    print(count)
