# Weights of 3 in each of eight layers: the gradient grows with every layer it passes.
import random

import nn

random.seed(2)
model = nn.MLP(2, [3] * 7 + [1], activation="linear")
for parameter in model.parameters():
    parameter.data = 3.0 * parameter.data / max(abs(parameter.data), 0.1)
loss = (model([0.5, -0.25]) - 1.0) ** 2
