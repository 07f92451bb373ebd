"""What is wrong with a graph: reports, anomalies and the lines they come from."""
