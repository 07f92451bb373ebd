"""Data of other libraries, by what these have in common; and what is no data."""

import array

import numpy as np
import pytest

import nn
from engine import Value
from nn import MLP, Adam, Module
from nn.data.foreign import each_from_foreign, from_foreign

X = np.array([[0.5, -1.0], [1.0, 2.0], [-0.5, 0.25], [2.0, 1.0]])
Y = np.array([1, 0, 1, 0])


class Frame:
    """As a table of pandas: it iterates over the names of its columns."""

    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)

    def __iter__(self):
        return iter(["a", "b"])

    def __len__(self):
        return len(self.numbers)

    def to_numpy(self):
        return self.numbers


class Columns(Frame):
    """As a table of polars: it iterates over its columns."""

    def __iter__(self):
        return iter(self.numbers.T)


class Series(Frame):
    """As a column of pandas, whose [0] is what has the label 0."""

    def __iter__(self):
        return iter(self.numbers)

    def __getitem__(self, label):
        return self.numbers[::-1][label]


class Tensor:
    """As a tensor of PyTorch or JAX: what it holds are tensors, of no dimension at last."""

    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)

    def __iter__(self):
        if not self.numbers.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return map(type(self), self.numbers)

    def __array__(self, dtype=None, copy=None):
        return self.numbers

    def __float__(self):
        return float(self.numbers)

    def tolist(self):
        return self.numbers.tolist()


class Tracked(Tensor):
    """As one that keeps a graph of its own, which would be cut here."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy()")


class Sparse:
    """As a sparse matrix of SciPy: its rows are such again, and its truth is not to be had."""

    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)

    def __iter__(self):
        return (Sparse(row[None]) for row in self.numbers)

    def __len__(self):
        raise TypeError("sparse array length is ambiguous; use getnnz()")

    def toarray(self):
        return self.numbers


class Nested:
    """Something that gives lists, and nothing else."""

    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)

    def tolist(self):
        return self.numbers.tolist()


class Matrix(np.ndarray):
    """As numpy.matrix, whose rows are matrices again."""

    def __getitem__(self, place):
        return np.atleast_2d(super().__getitem__(place))

    def __iter__(self):
        return (self[i] for i in range(len(self)))


FORMS = {
    "table": Frame,
    "columns": Columns,
    "series": Series,
    "tensor": Tensor,
    "list of tensors": lambda numbers: [Tensor(each) for each in numbers],
    "tuple of series": lambda numbers: tuple(map(Series, numbers)) if numbers.ndim > 1 else Series(numbers),
    "sparse": lambda numbers: Sparse(numbers) if numbers.ndim > 1 else numbers,
    "nested": Nested,
    "matrix": lambda numbers: numbers.view(Matrix) if numbers.ndim > 1 else numbers,
    "no mask": np.ma.masked_array,
    "memory": lambda numbers: memoryview(np.ascontiguousarray(numbers)),
    "iterator": lambda numbers: iter(numbers.tolist()),
}


def trained(X, y, **options):
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    history = nn.fit(
        model,
        X,
        y,
        loss="binary_cross_entropy_with_logits",
        optimizer=Adam,
        epochs=3,
        batch_size=3,
        metrics="accuracy",
        rng=0,
        **options,
    )
    return dict(history), model.state_dict()


def bare(number):
    return number.data if isinstance(number, Value) else number


def model(x):
    return x[0] * 2.0 - x[1]


USES = {
    "fit": trained,
    "fit, lifted": lambda X, y: trained(X, y, jit=True),
    "validation": lambda X_val, y_val: trained(X, Y, validation=(X_val, y_val)),
    "held out": lambda X, y: trained(X, y, validation=0.25),
    "predict": lambda X, y: nn.predict(MLP(2, [1], rng=0), X).tolist(),
    "predict_proba": lambda X, y: nn.predict_proba(MLP(2, [1], rng=0), X).tolist(),
    "Perceptron": lambda X, y: nn.Perceptron(2).fit(X, y, epochs=5),
    "batches": lambda X, y: [len(part) for part, _ in nn.batches(X, y, 3, rng=0)],
    "split": lambda X, y: [np.asarray(t).tolist() for t in nn.split(X, y, 0.5, rng=0, stratify=True)],
    "predicted_classes": lambda X, y: nn.predicted_classes(X),
    "accuracy": lambda X, y: nn.accuracy(y, X),
    "confusion_matrix": lambda X, y: nn.confusion_matrix(y, X).tolist(),
    "classification_report": lambda X, y: nn.classification_report(y, X),
    "cross_entropy": lambda X, y: bare(nn.cross_entropy(X, y)),
    "mse": lambda X, y: bare(nn.mse([0.5, 0.25, -1.0, 0.0], y)),
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("use", USES)
def test_data_of_other_libraries_are_read_as_arrays(use, form) -> None:
    expected = USES[use](X, Y)
    assert (
        USES[use](FORMS[form](X), FORMS[form](Y)) == pytest.approx(expected, rel=1e-12)
        if isinstance(expected, float)
        else USES[use](FORMS[form](X), FORMS[form](Y)) == expected
    )


@pytest.mark.parametrize("form", ["series", "tensor", "nested", "memory", "iterator", "list of tensors"])
def test_one_sample_may_be_given_so_to_a_model(form) -> None:
    network = MLP(2, [2, 1], rng=0)
    assert network(FORMS[form](X[0])).data == network(X[0].tolist()).data


def test_numbers_in_arrays_of_no_dimension_are_numbers() -> None:
    assert from_foreign("x", Tensor(2.0)) == 2.0
    assert from_foreign("x", np.array(2.0)) == 2.0
    assert each_from_foreign("x", [Tensor(2.0), np.array(1)]) == [2.0, 1]
    assert bare(nn.mse(Value(3.0), Tensor(1.0))) == 4.0


@pytest.mark.parametrize(
    "given", [[1.0], (1.0,), 2, 0.5, np.float32(1.0), Value(1.0), "text", None, X, range(3)]
)
def test_what_is_known_stays_as_it_is(given) -> None:
    assert from_foreign("x", given) is given


def test_a_tensor_with_a_graph_of_its_own_is_refused_with_the_way_out() -> None:
    message = r"X of type Tracked cannot be read as an array: .*detach.*; give a NumPy array, or lists"
    with pytest.raises(TypeError, match=message):
        trained(Tracked(X), Y)


def test_masked_entries_are_not_read_as_numbers() -> None:
    with pytest.raises(
        ValueError, match=r"entries of X are masked; fill them, X\.filled\(\.\.\.\), or leave"
    ):
        nn.predict(MLP(2, [1]), np.ma.masked_array(X, mask=X > 1.0))


def test_buffers_of_numbers_are_sequences() -> None:
    assert nn.accuracy(array.array("l", [1, 1]), array.array("d", [0.9, 0.1])) == 0.5


# -- one thing in the place of another


class Iterable(Module):
    """A model that can be gone through, as one made of layers may be."""

    def __init__(self):
        self.w = Value(1.0)

    def __iter__(self):
        return iter([1.0, 2.0])


NO_DATA = {
    "model": lambda: MLP(2, [1], rng=0),
    "model with items": Iterable,
    "Value": lambda: Value(0.5),
    "None": lambda: None,
    "number": lambda: 3.0,
    "text": lambda: "ab",
    "set": lambda: {0.0, 1.0},
    "frozenset": lambda: frozenset({0.0, 1.0}),
    "dict": lambda: {0: 1.0},
    "function": lambda: len,
    "class": lambda: MLP,
}

METRICS = ("accuracy", "confusion_matrix", "classification_report")

PLACES = {
    "predict": lambda wrong: nn.predict(MLP(2, [1]), wrong),
    "predict_proba": lambda wrong: nn.predict_proba(MLP(2, [1]), wrong),
    "predicted_classes": nn.predicted_classes,
    **{f"{name} of": (lambda wrong, name=name: vars(nn)[name]([0, 1], wrong)) for name in METRICS},
    **{f"{name} against": (lambda wrong, name=name: vars(nn)[name](wrong, [0.0, 1.0])) for name in METRICS},
    "batches X": lambda wrong: nn.batches(wrong, [0, 1]),
    "batches y": lambda wrong: nn.batches([0, 1], wrong),
    "split X": lambda wrong: nn.split(wrong, [0, 1]),
    "split y": lambda wrong: nn.split([0, 1], wrong),
    "Perceptron X": lambda wrong: nn.Perceptron(1).fit(wrong, [0, 1]),
    "Perceptron y": lambda wrong: nn.Perceptron(1).fit([[0], [1]], wrong),
    "fit X": lambda wrong: trained(wrong, [0, 1]),
    "fit y": lambda wrong: trained(X[:2], wrong),
    "validation X": lambda wrong: trained(X, Y, validation=(wrong, [0, 1])),
    "validation y": lambda wrong: trained(X, Y, validation=(X, wrong)),
}


@pytest.mark.parametrize("wrong", NO_DATA)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_data_is_refused_by_name(place, wrong) -> None:
    given = NO_DATA[wrong]()
    if wrong in ("model", "model with items"):
        message = r"must be numbers, got a model: .*\[model\(x\) for x in X\]"
    elif wrong in ("set", "frozenset"):
        message = "must have an order, got a set"
    else:
        message = "must be a sequence, got|must be numbers, got a model"
    with pytest.raises(TypeError, match=rf"(X|y|X_val|y_val|outputs|y_pred|y_true) ({message})"):
        PLACES[place](given)


@pytest.mark.parametrize("wrong", ["model", "model with items", "set", "frozenset"])
@pytest.mark.parametrize("name", nn.LOSSES)
def test_losses_refuse_models_and_sets(name, wrong) -> None:
    loss, given = nn.LOSSES[name], NO_DATA[wrong]()
    for arguments in (
        (given, [0, 1]),
        ([[0.5, 0.5], [0.25, 0.75]], given),
        ([given], [0]),
        ([[0.5, 0.5]], [given]),
    ):
        with pytest.raises(TypeError, match=r"must be numbers, got a model|must have an order"):
            loss(*arguments)


@pytest.mark.parametrize("wrong", ["Value", "None", "number", "text", "set", "dict"])
@pytest.mark.parametrize("use", [nn.predict, nn.predict_proba])
def test_data_in_the_place_of_a_model_are_refused(use, wrong) -> None:
    with pytest.raises(TypeError, match="model must be a Module or a function of one sample, got"):
        use(NO_DATA[wrong](), X)
    with pytest.raises(TypeError, match="model must be a Module or a function of one sample, got"):
        use(X, MLP(2, [1]))


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("optimizer", "optimizer must be an optimiser, or .* makes one of parameters, got"),
        ("schedule", r"schedule must be an object with a step\(\), or a .* that returns one, got"),
        ("before_step", "before_step must be a function of the parameters, got"),
        ("validation", r"validation must be a fraction or a pair \(X_val, y_val\), got"),
    ],
)
@pytest.mark.parametrize("wrong", ["model", "Value", "text", "set", "dict"])
def test_arguments_of_fit_are_not_taken_for_others(argument, message, wrong) -> None:
    if (argument, wrong) == ("before_step", "model"):  # which can be called
        return
    options = {"loss": "mse", "optimizer": Adam, "epochs": 1} | {argument: NO_DATA[wrong]()}
    with pytest.raises(TypeError, match=message):
        nn.fit(MLP(2, [1]), X, Y, **options)
