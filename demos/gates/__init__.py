"""Logic gates learned by a perceptron and by a sigmoid neuron."""
