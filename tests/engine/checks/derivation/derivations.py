# ruff: noqa: E501, RET504  (a table; f is written with a name for each step)
"""Derivations of the lectures and others, right ones and wrong ones: the table of the tests.

Each is a function of a loss, the point, and the backward pass; the wrong ones have the line that is wrong first
and the slip that it is.
"""

import math

import numpy as np

from engine import log, sigmoid, softplus, tanh

rng = np.random.default_rng(3)


def s(z):
    return 1 / (1 + np.exp(-z))


def ds(z):
    return s(z) * (1 - s(z))


# -- the functions ----------------------------------------------------------------------------------------


def neuron(w, b, x, t):
    z = w * x + b
    y = sigmoid(z)
    E = (y - t) ** 2 / 2
    return E


NEURON = (0.5, 0.1, 2.0, 1.0)


def linear(w, b, x, t):
    y = w * x + b
    return (y - t) ** 2


LINEAR = (0.5, -0.3, 1.5, 0.7)


def chain(x):
    v = x**2
    u = v.sin()
    return u.exp()


def diamond(x):
    a = x**2
    b = a.sin()
    c = a.exp()
    y = b * c
    return y


def two_layers(W1, b1, W2, b2, x, t):
    z1 = W1 @ x + b1
    h1 = s(z1)
    z2 = W2 @ h1 + b2
    y_hat = s(z2)
    E = ((y_hat - t) ** 2).sum() / 2
    return E


TWO_LAYERS = (
    rng.normal(size=(3, 2)), rng.normal(size=(3, 1)), rng.normal(size=(2, 3)), rng.normal(size=(2, 1)),
    rng.normal(size=(2, 4)), rng.integers(0, 2, size=(2, 4)).astype(float),
)  # fmt: skip


def square_layers(W1, W2, x, t):
    """All matrices are square, so that no shape gives a slip away."""
    h = s(W1 @ x)
    y = s(W2 @ h)
    return ((y - t) ** 2).sum() / 2


SQUARE = (rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=(3, 3)))


def mean_squared(W, b, X, T):
    n = X.shape[0]
    Y = X @ W + b
    C = ((Y - T) ** 2).sum() / n
    return C


MEAN_SQUARED = (rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)))


def mean_cost(W1, W2, x, t):
    """E-7: the cost is the mean over the outputs, of which there are three."""
    h = s(W1 @ x)
    z = W2 @ h
    y = s(z)
    return ((y - t) ** 2).sum() / len(y)


THREE_OUTPUTS = (
    rng.normal(size=(3, 2)),
    rng.normal(size=(3, 3)),
    rng.normal(size=2),
    np.array([1.0, 0.0, 1.0]),
)


def softmax_entropy(z, t):
    e = np.exp(z)
    p = e / e.sum()
    return -(t * np.log(p)).sum()


SCORES = (np.array([2.0, -1.0, 0.5]), np.array([1.0, 0.0, 0.0]))


def binary_entropy(w, b, x, t):
    z = w * x + b
    y = sigmoid(z)
    return -(t * log(y) + (1 - t) * log(1 - y))


def relu_layer(W, v, x):
    z = W @ x
    h = np.maximum(0, z)
    return (v * h).sum()


RELU = (rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3))


def tanh_neuron(w, x, t):
    z = w * x
    a = tanh(z)
    return (a - t) ** 2 / 2


def recurrent(w, u, x1, x2, t):
    h1 = tanh(u * x1)
    h2 = tanh(w * h1 + u * x2)
    return (h2 - t) ** 2 / 2


RECURRENT = (0.7, -0.4, 0.9, 1.3, 0.2)


def normalised(x):
    m = x.mean()
    d = x - m
    v = (d**2).mean()
    return (d**3).sum() / v


def quotient(a, b):
    return a / b


def logistic_cost(w, x, y):
    return softplus(-y * w * x)


# -- derivations ------------------------------------------------------------------------------------------


def by_function(w, b, x, t):
    y = 1 / (1 + math.exp(-(w * x + b)))
    delta = (y - t) * y * (1 - y)
    return delta * x, delta


def by_values(w, b, x, t):
    y = (w * x + b).sigmoid()
    error = y - t
    return {"w": error * y * x - error * y * y * x, "b": error * y * (1 - y)}


def by_loop(W1, b1, W2, b2, x, t):
    dW1, db1, dW2, db2 = np.zeros((3, 2)), np.zeros((3, 1)), np.zeros((2, 3)), np.zeros((2, 1))
    for k in range(x.shape[1]):
        xk, tk = x[:, [k]], t[:, [k]]
        h = s(W1 @ xk + b1)
        y = s(W2 @ h + b2)
        d2 = (y - tk) * y * (1 - y)
        d1 = (W2.T @ d2) * h * (1 - h)
        dW2 += d2 @ h.T
        db2 += d2
        dW1 += d1 @ xk.T
        db1 += d1
    return dW1, db1, dW2, db2


def lecture(W1, b1, W2, b2, x, t):
    """The lecture's style, with helpers and names of its own."""
    h1 = s(W1 @ x + b1)
    z2 = W2 @ h1 + b2
    y_hat = s(z2)
    dz2 = (y_hat - t) * ds(z2)
    dW2 = dz2 @ h1.T
    dh1 = W2.T @ dz2
    dz1 = dh1 * h1 * (1 - h1)
    return {"W1": dz1 @ x.T, "b1": dz1.sum(1, keepdims=True), "W2": dW2, "b2": dz2.sum(1, keepdims=True)}


LECTURE = """
dz2 = (y_hat - t)*ds(z2)
dW2 = dz2 @ h1.T
db2 = np.sum(dz2, axis=1, keepdims=True)
dh1 = W2.T @ dz2
dz1 = dh1*ds(z1)
dW1 = dz1 @ x.T
db1 = np.sum(dz1, axis=1, keepdims=True)
"""


def changed(*pairs):
    """The lecture's derivation with parts replaced."""
    text = LECTURE
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


NORMALISED = "dx = 3*(d**2 - (d**2).mean())/v - 2*(d**3).sum()*d/(x.size*v**2)"

RIGHT = {
    "as the lecture has it": (neuron, NEURON, {"dw": "(y - t)*y*(1 - y)*x", "db": "(y - t)*y*(1 - y)"}),
    "factors in another order": (neuron, NEURON, {"dw": "x*(1 - y)*y*(y - t)"}),
    "two signs turned": (neuron, NEURON, {"dw": "(t - y)*y*(y - 1)*x"}),
    "multiplied out": (neuron, NEURON, {"dw": "x*y**2 - x*y**3 - t*x*y + t*x*y**2"}),
    "the exponential form": (neuron, NEURON, {"dw": "(y - t)*exp(-z)/(1 + exp(-z))**2*x"}),
    "with cosh": (neuron, NEURON, {"dw": "(y - t)*x/(4*cosh(z/2)**2)"}),
    "with tanh": (neuron, NEURON, {"dw": "(y - t)*x*(1 - tanh(z/2)**2)/4"}),
    "from z": (neuron, NEURON, {"dw": "(sigmoid(z) - t)*sigmoid(z)*sigmoid(-z)*x"}),
    "with a prime": (neuron, NEURON, {"dw": "(y − t)·σ'(z)·x"}),
    "step by step": (neuron, NEURON, {"dE_dy": "y - t", "dy_dz": "y*(1 - y)", "dz_dw": "x", "dw": "dE_dy*dy_dz*dz_dw"}),
    "fractions as names": (neuron, NEURON, {"dE/dz": "(y - t)*y*(1 - y)", "dE/dw": "(y - t)*y*(1 - y)*x"}),
    "steps of its own": (neuron, NEURON, "g = y - y**2; k = g*(y - t); dw = k*x; db = k"),
    "the names of f": (neuron, NEURON, {"w": "(y - t)*y*(1 - y)*x", "b": "(y - t)*y*(1 - y)"}),
    "a function of floats": (neuron, NEURON, by_function),
    "a function of Values": (neuron, NEURON, by_values),
    "a lambda": (neuron, NEURON, lambda w, b, x, t: (s(w * x + b) - t) * ds(w * x + b) * x),
    "by names": (neuron, NEURON, lambda y, t, x: {"w": (y - t) * y * (1 - y) * x}),
    "a difference of squares": (linear, LINEAR, {"dw": "2*x*(w*x + b - t)", "db": "2*w*x - 2*(t - b)"}),
    "half and double": (linear, LINEAR, {"dw": "4*(y - t)*x/2"}),
    "e^(sin x²)": (chain, (1.2,), {"dx": "exp(sin(x**2))*cos(x**2)*2*x"}),
    "by half angles": (chain, (1.2,), {"dx": "exp(u)*(1 - 2*sin(v/2)**2)*(x + x)"}),
    "through powers": (chain, (1.2,), {"dx": "2*x*cos(v)*exp(sin(v))"}),
    "both paths": (diamond, (0.8,), {"dx": "(c*cos(a) + b*exp(a))*2*x"}),
    "the lecture in NumPy": (two_layers, TWO_LAYERS, LECTURE),
    "the lecture as a function": (two_layers, TWO_LAYERS, lecture),
    "a loop over samples": (two_layers, TWO_LAYERS, by_loop),
    "turned around": (two_layers, TWO_LAYERS, changed(("dz2 @ h1.T", "(h1 @ dz2.T).T"), ("W2.T @ dz2", "(dz2.T @ W2).T"))),
    "with dot": (two_layers, TWO_LAYERS, changed(("dz2 @ h1.T", "np.dot(dz2, h1.T)"), ("dz1 @ x.T", "dz1.dot(x.transpose())"))),
    "in outputs": (two_layers, TWO_LAYERS, changed(("ds(z2)", "y_hat*(1 - y_hat)"), ("ds(z1)", "(h1 - h1*h1)"))),
    "a mean put last": (
        mean_squared, MEAN_SQUARED, "dY = Y - T; dW = 2*X.T @ dY/5; db = 2*dY.mean(axis=0)",
    ),
    "a mean put first": (mean_squared, MEAN_SQUARED, "dY = 2*(Y - T)/n; dW = X.T @ dY; db = dY.sum(0)"),
    "three outputs": (
        mean_cost, THREE_OUTPUTS,
        "dz = 2/3*(y - t)*y*(1 - y); dW2 = np.outer(dz, h); dW1 = np.outer((dz @ W2)*h*(1 - h), x)",
    ),
    "softmax and cross-entropy": (softmax_entropy, SCORES, {"dz": "p - t"}),
    "softmax, its matrix": (softmax_entropy, SCORES, "J = np.diag(p) - np.outer(p, p); dz = J @ (-t/p)"),
    "binary cross-entropy": (binary_entropy, NEURON, {"dw": "(y - t)*x", "db": "y - t"}),
    "not shortened": (binary_entropy, NEURON, {"dw": "(-t/y + (1 - t)/(1 - y))*y*(1 - y)*x"}),
    "relu by a mask": (relu_layer, RELU, "dv = h; dz = v*(z > 0); dW = np.outer(dz, x)"),
    "relu by where": (relu_layer, RELU, "dz = np.where(z > 0, v, 0.0); dW = dz[:, None]*x[None, :]"),
    "tanh": (tanh_neuron, (0.5, 2.0, 0.3), {"dw": "(a - t)*(1 + a)*(1 - a)*x"}),
    "through time": (
        recurrent, RECURRENT,
        "d2 = (h2 - t)*(1 - h2**2); dw = d2*h1; du = d2*x2 + d2*w*(1 - h1**2)*x1",
    ),
    "moments": (normalised, (np.array([0.5, -1.0, 2.0, 0.3]),), NORMALISED),
    "quotient rule": (quotient, (3.0, 2.0), {"da": "b/b**2", "db": "-(a/b)/b"}),
    "logistic loss": (logistic_cost, (0.4, 1.5, -1.0), {"dw": "-y*x/(1 + exp(y*w*x))"}),
}  # fmt: skip

WRONG = {
    # the errata of the lectures
    "E-1": (two_layers, TWO_LAYERS, changed(("W2.T @ dz2", "dW2.T @ dz2")), "dh1", "gradient for weight"),
    "E-2": (neuron, NEURON, "y = 1/(1 + exp(z)); dw = (y - t)*y*(1 - y)*x", "y", "sign"),
    "E-3": (softmax_entropy, SCORES, "p = z/z.sum(); dz = p - t", "p", "missing exponential"),
    "E-4": (two_layers, TWO_LAYERS, changed(("ds(z2)", "ds(y_hat)")), "dz2", "derivative of the output"),
    "E-5": (lambda x, y: x**2 - y**2, (1.5, 0.1), {"dx": "x - 0", "dy": "y - 2"}, "dx", "factor 2"),
    "E-6": (lambda u: 0 * u + math.log(1.0), (0.3,), {"du": "u"}, "du", ""),
    "E-7, 1/n": (
        mean_cost, THREE_OUTPUTS,
        "dz = (y - t)*y*(1 - y); dW2 = np.outer(dz, h); dW1 = np.outer((W2.T @ dz)*h*(1 - h), x)", "dz", "factor",
    ),
    "E-7, σ' = 1": (neuron, NEURON, {"dz": "y - t", "dw": "dz*x"}, "dz", "chain broken"),
    # one neuron
    "sign": (neuron, NEURON, {"dw": "(t - y)*y*(1 - y)*x"}, "dw", "sign"),
    "factor 2": (neuron, NEURON, {"dw": "2*(y - t)*y*(1 - y)*x"}, "dw", "factor 2"),
    "half a factor": (linear, LINEAR, {"dw": "(y - t)*x"}, "dw", "factor 2"),
    "no input": (neuron, NEURON, {"dw": "(y - t)*y*(1 - y)"}, "dw", "chain broken"),
    "no 1 - y": (neuron, NEURON, {"dw": "(y - t)*y*x"}, "dw", "chain broken"),
    "1 + y": (neuron, NEURON, {"dw": "(y - t)*y*(1 + y)*x"}, "dw", "sign"),
    "z for y": (neuron, NEURON, {"dw": "(y - t)*z*(1 - z)*x"}, "dw", "output for input"),
    "tanh's for sigmoid's": (neuron, NEURON, {"dw": "(y - t)*(1 - y**2)*x"}, "dw", ""),
    "no bias": (neuron, NEURON, "z = w*x; y = sigmoid(z); dw = (y - t)*y*(1 - y)*x", "z", "missing bias"),
    "b for w": (neuron, NEURON, lambda w, b, x, t: ((s(w * x + b) - t) * ds(w * x + b),), "return 0", "chain broken"),
    "an input too many": (neuron, NEURON, {"db": "(y - t)*y*(1 - y)*x"}, "db", "extra factor"),
    "the second of two steps": (neuron, NEURON, {"dE_dy": "y - t", "dy_dz": "y", "dw": "dE_dy*dy_dz*x"}, "dy_dz", "chain broken"),
    "a step of its own": (neuron, NEURON, "g = y*(1 + y); dw = (y - t)*g*x; db = (y - t)*g", "g", "sign"),
    "the inner derivative": (chain, (1.2,), {"dx": "exp(sin(x**2))*cos(x**2)"}, "dx", "chain broken"),
    "power rule": (chain, (1.2,), {"dx": "exp(u)*cos(v)*x**2"}, "dx", ""),
    "cosine's sign": (chain, (1.2,), {"dx": "-exp(u)*cos(v)*2*x"}, "dx", "sign"),
    "one of two paths": (diamond, (0.8,), {"dx": "c*cos(a)*2*x"}, "dx", "missing path"),
    "a path twice": (diamond, (0.8,), {"dx": "(2*c*cos(a) + b*exp(a))*2*x"}, "dx", ""),
    "quotient rule": (quotient, (3.0, 2.0), {"da": "1/b", "db": "a/b**2"}, "db", "sign"),
    "power of a quotient": (quotient, (3.0, 2.0), {"db": "-a/b"}, "db", ""),
    "cross-entropy": (binary_entropy, NEURON, {"dw": "(y - t)*y*(1 - y)*x"}, "dw", "extra factor"),
    "right at the point only": (linear, (0.5, 0.5, 1.0, 0.0), {"dw": "2*(y - t)"}, "dw", "chain broken"),
    "right for x = 1 only": (linear, (0.5, 0.5, 1.0, 0.0), {"dw": "2*(y - t)*x**2"}, "dw", "wrong power"),
    # networks
    "transposed": (two_layers, TWO_LAYERS, changed(("dz1 @ x.T", "x @ dz1.T")), "dW1", "wrong order"),
    "transposed, square": (
        square_layers, SQUARE,
        "dz2 = (y - t)*y*(1 - y); dW2 = dz2 @ h.T; dz1 = (W2 @ dz2)*h*(1 - h); dW1 = dz1 @ x.T", "dz1", "transposed matrix",
    ),
    "order, square": (
        square_layers, SQUARE,
        "dz2 = (y - t)*y*(1 - y); dW2 = h.T @ dz2; dz1 = (W2.T @ dz2)*h*(1 - h); dW1 = dz1 @ x.T", "dW2", "wrong order",
    ),
    "no transpose, square": (
        square_layers, SQUARE,
        "dz2 = (y - t)*y*(1 - y); dW2 = dz2 @ h; dz1 = (W2.T @ dz2)*h*(1 - h); dW1 = dz1 @ x.T", "dW2", "transposed matrix",
    ),
    "element by element": (
        square_layers, SQUARE,
        "dz2 = (y - t)*y*(1 - y); dW2 = dz2 @ h.T; dz1 = (W2.T * dz2)*h*(1 - h); dW1 = dz1 @ x.T", "dz1", "wrong product",
    ),
    "shapes that do not fit": (two_layers, TWO_LAYERS, changed(("W2.T @ dz2", "W2 @ dz2")), "dh1", "transposed matrix"),
    "chain broken": (two_layers, TWO_LAYERS, changed(("dh1*ds(z1)", "dh1")), "dz1", "chain broken"),
    "another layer": (two_layers, TWO_LAYERS, changed(("dh1*ds(z1)", "dh1*ds(z2)")), "dz1", ""),
    "samples not summed": (two_layers, TWO_LAYERS, changed(("np.sum(dz1, axis=1, keepdims=True)", "dz1")), "db1", "not summed"),
    "the wrong axis": (two_layers, TWO_LAYERS, changed(("np.sum(dz1, axis=1, keepdims=True)", "np.sum(dz1, axis=0)")), "db1", "wrong axis"),
    "h2 for h1": (two_layers, TWO_LAYERS, changed(("dz2 @ h1.T", "dz2 @ z1.T")), "dW2", "wrong variable"),
    "sum for mean": (mean_squared, MEAN_SQUARED, "dY = 2*(Y - T); dW = X.T @ dY; db = dY.sum(0)", "dY", "sum for mean"),
    "mean for sum": (two_layers, TWO_LAYERS, changed(("dz1 @ x.T", "dz1 @ x.T/x.shape[1]")), "dW1", ""),
    "mean of the bias": (mean_squared, MEAN_SQUARED, "dY = 2*(Y - T)/n; dW = X.T @ dY; db = dY.mean(0)", "db", "mean for sum"),
    "swapped": (neuron, NEURON, {"dw": "(y - t)*y*(1 - y)", "db": "(y - t)*y*(1 - y)*x"}, "dw", "wrong gradient"),
    "no mask": (relu_layer, RELU, "dz = v; dW = np.outer(dz, x)", "dz", "chain broken"),
    "mask of the wrong side": (relu_layer, RELU, "dz = v*(z < 0); dW = np.outer(dz, x)", "dz", ""),
    "softmax like sigmoid": (softmax_entropy, SCORES, {"dz": "(p - t)*p*(1 - p)"}, "dz", "extra factor"),
    "time cut off": (recurrent, RECURRENT, "d2 = (h2 - t)*(1 - h2**2); dw = d2*h1; du = d2*x2", "du", "missing path"),
    "no mean": (normalised, (np.array([0.5, -1.0, 2.0, 0.3]),), "dx = 3*d**2/v - 2*(d**3).sum()*d/(x.size*v**2)", "dx", ""),
    "a loop with a slip": (two_layers, TWO_LAYERS, lambda W1, b1, W2, b2, x, t: tuple(-g for g in by_loop(W1, b1, W2, b2, x, t)), "return 0", "sign"),
}  # fmt: skip
"""By name: f, the point, the derivation, the first wrong line, and the slip; an empty one may be any."""
