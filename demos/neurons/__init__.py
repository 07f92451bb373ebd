"""What one neuron can do, and what takes a hidden layer."""
