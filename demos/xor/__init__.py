"""XOR: a single neuron fails, a network learns it."""
