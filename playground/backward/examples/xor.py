# A network 2-3-1 on the four points of XOR: one loss, four samples.
import random

import nn

random.seed(5)
model = nn.MLP(2, [3, 1], activation="tanh")
points = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]
loss = sum((model(x) - y) ** 2 for x, y in points) / 4
