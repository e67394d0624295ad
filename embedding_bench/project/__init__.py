"""A project's folder: creating it, checking and editing its params.yaml, running its experiments."""
