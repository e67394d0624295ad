"""MLflow runs and registered models, built from the results on disk."""
