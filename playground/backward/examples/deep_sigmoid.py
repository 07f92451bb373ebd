# Ten layers of sigmoid: the gradient has to pass ten derivatives of at most 1/4.
import random

import nn

random.seed(1)
model = nn.MLP(2, [3] * 9 + [1], activation="sigmoid")
out = model([1.0, -1.0])
loss = (out - 1.0) ** 2
