"""params.yaml as typed objects, a module a section."""
