"""The parts of the demo ``gates``, and of what ``xor`` says about one neuron: what a single neuron can do."""
