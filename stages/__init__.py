"""The stages of the pipeline, one module each, and the packages that they import."""

import os

# Before any import of TensorFlow, which otherwise greets every stage with a page of build details.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
