"""Pictures of computation graphs and of networks."""
