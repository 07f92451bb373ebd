"""Classic programs for PyTorch, run on torch and on nn with their imports changed: losses by step.

To make torch_scripts.json again: ``pip install torch==2.13.0``, then
``python -m tests.nn.figures.from_torch_scripts``.
"""

import importlib
import math
from collections.abc import Callable
from typing import Any

from tests.nn.figures import write

Script = Callable[[Any, Any, Any, Any, Any], list[float]]


def sequential(nn: Any, F: Any, optim: Any, tensor: Any, start: Any) -> list[float]:
    """A network of Sequential with batch normalisation, AdamW and one cycle."""
    X = tensor([[math.sin(3.0 * i), math.cos(5.0 * i)] for i in range(12)])
    y = tensor([[float(i % 3 == 0)] for i in range(12)])
    model = nn.Sequential(nn.Linear(2, 6), nn.BatchNorm1d(6), nn.ReLU(inplace=True), nn.Linear(6, 1))
    start(model)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = optim.AdamW(model.parameters(), lr=0.05, weight_decay=1e-2)
    scheduler = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=10)
    losses = []
    for _ in range(8):
        model.train()
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(X), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.5)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    model.eval()
    losses.append(criterion(model(X), y).item())
    return losses


def convolutional(nn: Any, F: Any, optim: Any, tensor: Any, start: Any) -> list[float]:
    """The network of PyTorch's MNIST example, smaller, with functions in its forward."""

    class Net(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(1, 3, 3, 1)
            self.fc1 = nn.Linear(12, 6)
            self.fc2 = nn.Linear(6, 2)

        def forward(self, x: Any) -> Any:
            x = F.relu(self.conv1(x))
            x = F.max_pool2d(x, 2)
            x = nn.Flatten(1)(x)
            x = F.relu(self.fc1(x))
            return F.log_softmax(self.fc2(x), dim=1)

    images = [[[[math.sin(i * (r + 1) + 2.0 * c) for c in range(6)] for r in range(6)]] for i in range(1, 7)]
    data, target = tensor(images), tensor([0, 1, 1, 0, 1, 0])
    model = Net()
    start(model)
    optimizer = optim.Adadelta(model.parameters(), lr=1.0)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.7)
    losses = []
    for _ in range(6):
        optimizer.zero_grad()
        loss = F.nll_loss(model(data), target)
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    model.eval()
    losses.append(F.nll_loss(model(data), target, reduction="sum").item())
    return losses


def language_model(nn: Any, F: Any, optim: Any, tensor: Any, start: Any) -> list[float]:
    """A model of letters: embedding, LSTM and linear, clipped, with a step size that falls on a plateau."""

    class CharRNN(nn.Module):  # type: ignore[misc]
        def __init__(self, vocab_size: int, embed_dim: int, hidden_dim: int) -> None:
            super().__init__()
            self.embedding = nn.Embedding(vocab_size, embed_dim)
            self.lstm = nn.LSTM(embed_dim, hidden_dim, num_layers=2, batch_first=True)
            self.norm = nn.LayerNorm(hidden_dim)
            self.fc = nn.Linear(hidden_dim, vocab_size)

        def forward(self, x: Any, hidden: Any = None) -> Any:
            out, hidden = self.lstm(self.embedding(x), hidden)
            return self.fc(self.norm(out)), hidden

    ids = [0, 1, 2, 2, 3, 0, 1, 2, 2, 3, 4, 3]
    model = CharRNN(5, 3, 4)
    start(model)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=0.9, nesterov=True)
    scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, "min", factor=0.5, patience=0, threshold=0.1)
    losses = []
    for _ in range(6):
        optimizer.zero_grad()
        logits, _ = model(tensor(ids[:-1]))
        loss = criterion(logits, tensor(ids[1:]))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step(loss.item())
        losses += [loss.item(), optimizer.param_groups[0]["lr"]]
    return losses


SCRIPTS: dict[str, Script] = {
    "sequential": sequential,
    "convolutional": convolutional,
    "language_model": language_model,
}


def made_up(count: int) -> list[float]:
    """The numbers that all parameters of a model start from, in order."""
    return [0.7 * math.sin(2.3 * i * i + 0.5) for i in range(count)]


def all_figures(torch: Any) -> dict[str, list[float]]:
    """For each script its losses."""

    def start(model: Any) -> None:
        numbers = iter(made_up(sum(parameter.numel() for parameter in model.parameters())))
        for parameter in model.parameters():
            flat = torch.tensor([next(numbers) for _ in range(parameter.numel())])
            parameter.data = flat.reshape(parameter.shape)

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        parts = torch.nn, torch.nn.functional, torch.optim, torch.tensor, start
        return {name: script(*parts) for name, script in SCRIPTS.items()}
    finally:
        torch.set_default_dtype(before)


if __name__ == "__main__":
    torch = importlib.import_module("torch")
    write("torch_scripts", torch.__version__, all_figures(torch))
