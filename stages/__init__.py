"""The stages of the pipeline: one script for each stage of dvc.yaml."""
