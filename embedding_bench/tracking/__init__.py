"""MLflow: what a run holds, and the store that it goes to."""
