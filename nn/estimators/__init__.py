"""Estimators for scikit-learn: MLPClassifier and MLPRegressor."""
