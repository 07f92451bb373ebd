"""fit: train a model on data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine import Value
from engine.floats.validate import integer
from engine.frames.user_frame import without_project_frames
from engine.quoting import brief, typed
from nn.data.dataset import read_pair
from nn.data.finite import check_finite
from nn.data.split import split
from nn.losses import as_loss
from nn.modules.module import Module
from nn.rng import Rng, numpy_generator, source_state, unmoved_by_failure
from nn.training.callbacks import Callback, TrainingState, checked_callbacks
from nn.training.early_stopping import EarlyStopping
from nn.training.evaluate import Metrics, metric_functions
from nn.training.history import History
from nn.training.lifted import Lifted, backend_of
from nn.training.loop import Training
from nn.training.predict import in_mode
from nn.training.progress import progress_line, unseen
from nn.training.resume import check_processes, go_to_saved_start, resume_training, save_training

__all__ = ["fit"]


def fit(
    model: Module,
    X: Any,
    y: Any,
    *,
    loss: str | Callable[[Any, Any], Any],
    optimizer: Any,
    epochs: int,
    batch_size: int | None = 50,
    validation: float | tuple[Any, Any] | None = None,
    metrics: Metrics = (),
    schedule: Any = None,
    early_stopping: EarlyStopping | int | None = None,
    callbacks: Callback | Iterable[Callback] = (),
    before_step: Callable[[list[Value]], Any] | None = None,
    rng: Rng = None,
    progress: bool | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
    jit: bool | str = False,
) -> History:
    """Train a model on samples and targets, epoch by epoch and batch by batch.

    Afterwards each module is in its mode (training or evaluation) from before.

    Args:
        model: a Module, called with one sample at a time.
        X: samples; a list or array of them, any other iterable, or a table or tensor of another library,
            which is read as an array.
        y: targets, one for each sample.
        loss: a name in ``nn.LOSSES``, or a function of the outputs and the targets of a batch, which
            returns a Value, such as ``lambda outputs, y: mse(outputs, y) + l2_penalty(weights, 1e-3)``; or
            an :class:`nn.losses.Loss`, a function with its properties.
        optimizer: an optimiser of the model's parameters; or a class or function that makes one of them, such
            as ``Adam``, or ``lambda parameters: SGD(parameters, lr=0.1)``.
        epochs: the number of passes through the samples; with ``resume``, those before included.
        batch_size: 50 by default; 1 for stochastic gradient descent; None for all samples at once, in their
            order. Else they are shuffled anew in each epoch.
        validation: held-out samples, never trained with: a fraction to draw at random, or a pair
            ``(X_val, y_val)``. In the history as ``val_loss`` and so on.
        metrics: ``"accuracy"``, functions called as ``metric(y_true, y_pred)`` with targets and predictions
            (numbers), as those of scikit-learn are, a list of these, or a dict of functions by name. The
            threshold of ``"accuracy"`` is 0 with a loss of logits or signed scores (``signed`` in its row of
            ``nn.LOSSES``), else 0.5.
        schedule: of the learning rate: an object whose ``step()`` is called after each epoch; or a
            function of the optimiser that returns one.
        early_stopping: an :class:`nn.EarlyStopping`, which is reset at the start; its patience in epochs;
            or True.
        callbacks: functions called after each epoch with a :class:`nn.TrainingState`, or objects with
            ``on_epoch_end``, ``on_batch_end`` or ``on_backward``. ``state.stop()`` ends the training. A
            :class:`nn.Recorder` records gradients.
        before_step: called with the model's parameters between ``backward()`` and each step of the optimiser,
            such as ``lambda parameters: clip_grad_norm_(parameters, 1.0)``.
        rng: for shuffling and for drawing validation samples: a seed, a generator, or None for Python's
            ``random`` module. Dropout and noisy relus have generators of their own.
        progress: None shows a bar in notebooks, and on stderr where that is a terminal; True in any case,
            False never.
        checkpoint: a file that holds the state of the training after each epoch, to ``resume`` from. It is
            written whole or not at all; of several processes the first writes it.
        resume: such a file, to continue from. Model, optimiser, data and arguments must be made as before;
            parameters, memory, history, random generators and the settings of the optimiser are restored, so
            the numbers are, bit for bit, those of a training that was never interrupted. The numbers of
            training and validation samples, ``batch_size``, the name of the loss and the class of the
            optimiser are compared with the file.
        jit: whether to lift model and loss to array programs, by :func:`engine.jit`: the same numbers but for
            rounding, a hundred times as fast and more. Their Python code runs only when it is traced, and
            must not depend on the numbers; dropout, which draws new ones each time, cannot be lifted. A loss
            function of your own is traced for each size of batch. Samples that are no arrays of float64 or
            int64 are made such once, before the first epoch: what a callback changes in them counts no
            more. "jax": batches are computed by XLA on all
            devices that JAX has, those of other processes included (``pip install 'chainrule[jax]'``), see
            ``backend`` of :func:`engine.jit`.

    Returns:
        The history: the numbers of each epoch by name; print it for a table. ``.stopped`` says why it ended
        early.

    Raises:
        ValueError: X and y differ in length, or hold a nan or inf; a name is unknown; the optimiser has none
            of the model's parameters; the file to resume does not fit: model, optimiser and generator are
            then as they were. The message names what is wrong.
        TypeError: something is of a wrong type; the loss is not a Value.
        RuntimeError: of several processes that train together (``jit="jax"``) one was lost, or does not begin
            with the same as the others.
        TraceError: with ``jit``, something in model or loss cannot be lifted.
        KeyboardInterrupt: Ctrl-C was pressed. The model stays as it is at that moment; the exception has the
            epochs so far as its attribute ``history``.

    >>> from nn import MLP, SGD
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> model = MLP(2, [6, 1], activation="tanh", init="xavier_uniform", rng=0)
    >>> history = fit(
    ...     model, X, y, loss="binary_cross_entropy_with_logits", metrics="accuracy", epochs=100,
    ...     optimizer=SGD(model.parameters(), lr=0.5, momentum=0.9),
    ... )
    >>> history["loss"][-1] < 0.1 < history["loss"][0], history["accuracy"][-1]
    (True, 1.0)
    """
    if not isinstance(model, Module):
        raise TypeError(f"model must be a Module, got {typed(model)}")
    if not (before_step is None or callable(before_step)):
        raise TypeError(f"before_step must be a function of the parameters, got {brief(before_step)}")
    row, optimizer, backend = as_loss(loss), _optimizer(optimizer, model), backend_of(jit)
    generator = numpy_generator(rng)
    with unmoved_by_failure(generator):
        if resume is None:
            start = source_state(generator)
        else:  # the same samples are held out again
            start = go_to_saved_start(generator, resume)
        data, held_out = _samples(X, y, validation, generator)
        lifted = None
        if jit:
            lifted = Lifted(model, row, data, backend)
            data = lifted.prepared(data)
            if held_out is not None:
                lifted.check(held_out)
                held_out = lifted.prepared(held_out)
        training = Training(
            state=TrainingState(model, optimizer, integer("epochs", epochs)),
            loss=row,
            batch_size=None if batch_size is None else integer("batch_size", batch_size),
            metrics=metric_functions(metrics, row),
            schedule=_schedule(schedule, optimizer),
            early_stopping=_early_stopping(early_stopping),
            callbacks=checked_callbacks(callbacks),
            before_step=before_step,
            generator=generator,
            start=start,
            data=data,
            held_out=held_out,
            lifted=lifted,
        )
        if resume is not None:
            resume_training(training, resume)
        check_processes(training)
    state = training.state

    def run() -> None:
        shown = False if progress is None and lifted is not None and not lifted.is_first else progress
        with progress_line(state.epochs, state.epoch, shown) as advance:
            while training.has_next_epoch():
                numbers = training.run_epoch()
                if checkpoint is not None:
                    save_training(training, checkpoint)
                    training.look = True
                if advance is not unseen:
                    advance("  ".join(f"{name} {number:.4g}" for name, number in numbers.items()))

    try:
        in_mode(model, True, run)
        training.keep_best()
    except KeyboardInterrupt as interrupt:
        interrupt.history = state.history  # type: ignore[attr-defined]
        interrupt.add_note(
            f"interrupted in epoch {state.epoch} of {state.epochs}; the {state.history.epochs} epochs "
            "before are in this exception's attribute history"
        )
        raise interrupt.with_traceback(without_project_frames(interrupt.__traceback__)) from None
    state.history.stopped = state.stopped
    return state.history


def _samples(
    X: Any, y: Any, validation: Any, generator: np.random.Generator
) -> tuple[tuple[Any, Any], tuple[Any, Any] | None]:
    """Samples and targets to train with, and those to validate with."""
    data = _checked("X", X, "y", y)
    if validation is None:
        return data, None
    if isinstance(validation, (tuple, list)):
        if len(validation) != 2:
            raise ValueError(
                f"validation must be a fraction or a pair (X_val, y_val), got {len(validation)} items"
            )
        return data, _checked("X_val", validation[0], "y_val", validation[1])
    if not isinstance(validation, (int, float, np.floating)):
        raise TypeError(f"validation must be a fraction or a pair (X_val, y_val), got {brief(validation)}")
    X_kept, X_held, y_kept, y_held = split(*data, float(validation), rng=generator)
    return (X_kept, y_kept), (X_held, y_held)


def _checked(X_name: str, X: Any, y_name: str, y: Any) -> tuple[Any, Any]:
    """Samples and targets as sequences of one length, without nan and inf."""
    samples, targets = read_pair(X, y, (X_name, y_name))
    check_finite(X_name, samples)
    check_finite(y_name, targets, "output")
    return samples, targets


def _early_stopping(given: EarlyStopping | int | None) -> EarlyStopping | None:
    if isinstance(given, EarlyStopping):
        given.reset()
        return given
    if given is None or given is False:
        return None
    return EarlyStopping() if given is True else EarlyStopping(given)


def _schedule(schedule: Any, optimizer: Any) -> Any:
    """The schedule, or the one that a class or function makes for the optimiser."""
    made = schedule(optimizer) if _makes_one(schedule) else schedule
    if made is not None and (isinstance(made, Value) or not callable(getattr(made, "step", None))):
        raise TypeError(
            "schedule must be an object with a step(), or a function of the optimizer that returns one, "
            f"got {brief(made)}"
        )
    return made


def _makes_one(given: Any) -> bool:
    """Whether this is a class or function that makes an optimiser or schedule, not one itself."""
    return (
        callable(given)
        and not isinstance(given, Module)
        and (isinstance(given, type) or not hasattr(given, "step"))
    )


def _optimizer(optimizer: Any, model: Module) -> Any:
    """The optimiser, or the one that a class or function makes of the model's parameters."""
    parameters = model.parameters()
    if _makes_one(optimizer):
        optimizer = optimizer(parameters)
    steps = hasattr(optimizer, "step") and hasattr(optimizer, "zero_grad")
    if not steps or isinstance(optimizer, Value):  # whose step() is the step function
        raise TypeError(
            "optimizer must be an optimiser, or a class or function that makes one of parameters, "
            f"got {brief(optimizer)}"
        )
    groups = getattr(optimizer, "param_groups", None)
    if groups is not None:
        trained = set(parameters).intersection(p for group in groups for p in group["params"])
        kind = type(model).__name__
        if not trained:
            raise ValueError(
                f"the optimizer has none of the parameters of this {kind}: was it made for another?"
            )
        if not any(p.requires_grad for p in trained):
            raise ValueError(
                f"all parameters of this {kind} that the optimizer has are frozen: nothing would be trained; "
                "set requires_grad = True for those that are to move"
            )
    return optimizer
