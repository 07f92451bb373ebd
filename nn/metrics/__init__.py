"""How good a model is: accuracy, confusion matrix, regression scores."""
